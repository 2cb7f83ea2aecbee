using System.Collections.Frozen;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>Finds the method of each request that Kestrel brings, and runs it.</summary>
internal sealed class CallApplication(FrozenDictionary<string, BoundMethod> methods, ServerContext server)
    : IHttpApplication<HttpExchange>
{
    public HttpExchange CreateContext(IFeatureCollection contextFeatures) =>
        contextFeatures is IHostContextContainer<HttpExchange> stream
            ? stream.HostContext ??= new HttpExchange(contextFeatures)
            : new HttpExchange(contextFeatures);

    public Task ProcessRequestAsync(HttpExchange context)
    {
        var request = context.Request;
        if (!HttpMethods.IsPost(request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = HttpMethods.Post;
            return Task.CompletedTask;
        }

        if (!GrpcNames.IsGrpc(request.Headers.ContentType.ToString()))
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return Task.CompletedTask;
        }

        methods.TryGetValue(request.Path, out var method);
        var call = new ServerCall(context, server, method?.Method);
        if (method is null)
        {
            call.End(Unknown(request.Path));
            return Task.CompletedTask;
        }

        if (call.Refusal() is { } refusal)
        {
            call.End(refusal);
            return Task.CompletedTask;
        }

        return method.InvokeAsync(call);
    }

    public void DisposeContext(HttpExchange context, Exception? exception)
    {
    }

    private RpcStatus Unknown(string path)
    {
        var slash = path.LastIndexOf('/');
        var knowsService = slash > 0 && methods.Keys.Any(known => known.StartsWith(path[..(slash + 1)], StringComparison.Ordinal));
        return new RpcStatus(
            RpcCode.Unimplemented,
            knowsService || slash <= 0 ? $"unknown method {path}" : $"unknown service {path[1..slash]}, called as {path}");
    }
}
