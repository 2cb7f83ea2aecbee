using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Snakepit.Transport;

namespace Snakepit.GrpcGateway.Rpc;

/// <summary>
/// Stands before Grpc.AspNetCore: refuses what never becomes a call, keeps the deadlines, and gives a status
/// to requests that cannot be read.
/// </summary>
/// <remarks>
/// Deadlines are kept here because Grpc.AspNetCore takes a malformed one for none, keeps time by a clock of its
/// own, and cancels a handler only after the caller has taken all that was sent before.
/// </remarks>
internal sealed class CallGate(ServerContext server, IEnumerable<string> paths, IServiceProvider services)
{
    private readonly CallAdmission _admission = new(server, paths);

    // No method needs a scope of services: one for each call would be made to find none.
    private readonly RootServices _services = new(services);

    /// <summary>The call that Grpc.AspNetCore is running.</summary>
    public static ServerCall CallOf(ServerCallContext context) =>
        context.GetHttpContext().Features.GetRequiredFeature<ServerCall>();

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        // Routing overlooks case, gRPC does not.
        var method = context.GetEndpoint()?.Metadata.GetMetadata<BoundMethod>();
        var http = new HttpExchange(context.Features);
        if (_admission.Admit(http, method?.Method.Path == http.Request.Path ? method : null) is not { } call)
        {
            return Task.CompletedTask;
        }

        context.Features.Set(call);
        context.Features.Set<IServiceProvidersFeature>(_services);
        context.Features.Set<IRequestBodyPipeFeature>(new MeteredRequest(http.RequestBody.Reader, call));
        if (call.MayEndEarly)
        {
            http.Request.Headers.GrpcTimeout = default;
            context.Features.Set<IHttpResponseTrailersFeature>(new TrailersUntilEnd(call));
        }

        var running = next(context);
        return running.IsCompletedSuccessfully && call.HasEnded ? Task.CompletedTask : AwaitAsync(running, call, context);
    }

    private static async Task AwaitAsync(Task running, ServerCall call, HttpContext context)
    {
        call.Deadline();
        try
        {
            await running;
        }
        catch (InvalidOperationException) when (call.HasEndedEarly)
        {
            // It found the response sent while it was about to refuse the request.
        }

        if (!call.HasEnded)
        {
            var status = context.Features.GetRequiredFeature<IServerCallContextFeature>().ServerCallContext.Status;
            call.Fail(RequestFailure.Of(status, call.MaxReceiveMessageSize));
        }

        await call.SettledAsync();
    }

    private sealed class RootServices(IServiceProvider services) : IServiceProvidersFeature
    {
        public IServiceProvider RequestServices
        {
            get => services;
            set => throw new NotSupportedException("calls share the services of the process");
        }
    }
}
