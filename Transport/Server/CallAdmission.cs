using Microsoft.AspNetCore.Http;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>Tells the requests that become calls from those that are answered without a handler.</summary>
/// <param name="server">The server they come to.</param>
/// <param name="paths">The paths of all methods, to say what of an unknown one is unknown.</param>
internal sealed class CallAdmission(ServerContext server, IEnumerable<string> paths)
{
    /// <summary>The call to run; null = the request has been answered. A method of null is an unknown one.</summary>
    public ServerCall? Admit(HttpExchange http, BoundMethod? method)
    {
        var request = http.Request;
        if (!HttpMethods.IsPost(request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            http.Response.Headers.Allow = HttpMethods.Post;
            return null;
        }

        if (!GrpcNames.IsGrpc(request.Headers.ContentType.ToString()))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return null;
        }

        var call = new ServerCall(http, server, method);
        if ((method is null ? Unknown(http.Path) : call.Refusal() ?? call.Identify(method.Method)) is { } refusal)
        {
            call.End(refusal);
            return null;
        }

        return call;
    }

    private RpcStatus Unknown(string path)
    {
        var slash = path.LastIndexOf('/');
        var knowsService = slash > 0 && paths.Any(known => known.StartsWith(path[..(slash + 1)], StringComparison.Ordinal));
        return new RpcStatus(
            RpcCode.Unimplemented,
            knowsService || slash <= 0 ? $"unknown method {path}" : $"unknown service {path[1..slash]}, called as {path}");
    }
}
