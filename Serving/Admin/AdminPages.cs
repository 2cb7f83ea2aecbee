using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Snakepit.Serving.Telemetry;

namespace Snakepit.Serving.Admin;

/// <summary>
/// What an orchestrator asks: `/healthz`, whether the process is alive, and `/readyz`, whether to send it calls. And what
/// Prometheus does: `/metrics`.
/// </summary>
/// <param name="unreadiness">Why it is not ready, in one line; null = it is.</param>
/// <param name="metrics">Null = there are none.</param>
/// <param name="asksForCertificates">Whether all but probes must have shown a certificate.</param>
internal sealed class AdminPages(
    Func<CancellationToken, ValueTask<string?>> unreadiness, MetricsPage? metrics, bool asksForCertificates = false)
    : IHttpApplication<IFeatureCollection>
{
    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public async Task ProcessRequestAsync(IFeatureCollection context)
    {
        var aborted = context.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted;
        var (status, text) = context.GetRequiredFeature<IHttpRequestFeature>().Path switch
        {
            "/healthz" => (StatusCodes.Status200OK, "alive\n"),
            "/readyz" => await unreadiness(aborted) is { } reason
                ? (StatusCodes.Status503ServiceUnavailable, $"{reason}\n")
                : (StatusCodes.Status200OK, "ready\n"),
            _ when asksForCertificates && context.Get<ITlsConnectionFeature>()?.ClientCertificate is null =>
                (StatusCodes.Status403Forbidden, "a client certificate is needed\n"),
            "/metrics" when metrics is not null => (StatusCodes.Status200OK, metrics.Render()),
            _ => (StatusCodes.Status404NotFound, $"there are /healthz, /readyz{(metrics is null ? "" : ", /metrics")}\n"),
        };
        var body = Encoding.UTF8.GetBytes(text);
        var response = context.GetRequiredFeature<IHttpResponseFeature>();
        response.StatusCode = status;
        response.Headers.ContentType = PrometheusText.ContentType;
        response.Headers.ContentLength = body.Length;
        await context.GetRequiredFeature<IHttpResponseBodyFeature>().Stream.WriteAsync(body, aborted);
    }

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }
}
