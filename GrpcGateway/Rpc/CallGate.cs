using System.Collections.Frozen;
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
internal sealed class CallGate
{
    // By path. A call's path names its method whole: there is nothing for routing to match, and it would overlook case.
    private readonly FrozenDictionary<string, ServedMethod> _methods;
    private readonly CallAdmission _admission;
    private readonly RootServices _services;

    /// <param name="server">The server that calls come to.</param>
    /// <param name="endpoints">What Grpc.AspNetCore runs of each method.</param>
    /// <param name="services">No method needs a scope of services: one for each call would be made to find none.</param>
    public CallGate(ServerContext server, IEnumerable<Endpoint> endpoints, IServiceProvider services)
    {
        _methods = endpoints
            .SelectMany(static endpoint => endpoint.Metadata.OfType<BoundMethod>().Select(method => new ServedMethod(endpoint, method)))
            .ToFrozenDictionary(static served => served.Method.Method.Path, StringComparer.Ordinal);
        _admission = new CallAdmission(server, _methods.Keys);
        _services = new RootServices(services);
    }

    /// <summary>The call that Grpc.AspNetCore is running.</summary>
    public static ServerCall CallOf(ServerCallContext context) =>
        context.GetHttpContext().Features.GetRequiredFeature<ServerCall>();

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var http = new HttpExchange(context.Features);
        _methods.TryGetValue(http.Path, out var served);
        if (_admission.Admit(http, served.Method) is not { } call)
        {
            return Task.CompletedTask;
        }

        context.SetEndpoint(served.Endpoint);
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

    private readonly record struct ServedMethod(Endpoint Endpoint, BoundMethod Method);

    private sealed class RootServices(IServiceProvider services) : IServiceProvidersFeature
    {
        public IServiceProvider RequestServices
        {
            get => services;
            set => throw new NotSupportedException("calls share the services of the process");
        }
    }
}
