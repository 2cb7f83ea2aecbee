using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Snakepit.Serving.Admin;

/// <summary>
/// What an orchestrator asks: `/healthz`, whether the process is alive, and `/readyz`, whether to send it calls.
/// </summary>
/// <param name="unreadiness">Why it is not ready, in one line; null = it is.</param>
internal sealed class AdminPages(Func<CancellationToken, ValueTask<string?>> unreadiness) : IHttpApplication<IFeatureCollection>
{
    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public async Task ProcessRequestAsync(IFeatureCollection context)
    {
        var aborted = context.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted;
        var (status, line) = context.GetRequiredFeature<IHttpRequestFeature>().Path switch
        {
            "/healthz" => (StatusCodes.Status200OK, "alive"),
            "/readyz" => await unreadiness(aborted) is { } reason
                ? (StatusCodes.Status503ServiceUnavailable, reason)
                : (StatusCodes.Status200OK, "ready"),
            _ => (StatusCodes.Status404NotFound, "there are /healthz and /readyz"),
        };
        var body = Encoding.UTF8.GetBytes($"{line}\n");
        var response = context.GetRequiredFeature<IHttpResponseFeature>();
        response.StatusCode = status;
        response.Headers.ContentType = "text/plain; charset=utf-8";
        response.Headers.ContentLength = body.Length;
        await context.GetRequiredFeature<IHttpResponseBodyFeature>().Stream.WriteAsync(body, aborted);
    }

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }
}
