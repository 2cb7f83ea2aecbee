using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Snakepit.Serving.Telemetry;
using Snakepit.WebConsole;

namespace Snakepit.Serving.Admin;

/// <summary>
/// What an orchestrator asks: `/healthz`, whether the process is alive, and `/readyz`, whether to send it calls. And what
/// Prometheus does: `/metrics`.
/// </summary>
/// <param name="unreadiness">Why it is not ready, in one line; null = it is.</param>
/// <param name="metrics">Null = there are none.</param>
/// <param name="console">What people ask; null = there is none.</param>
/// <param name="noConsole">Why there is none.</param>
/// <param name="asksForCertificates">Whether all but probes must have shown a certificate.</param>
internal sealed class AdminPages(
    Func<CancellationToken, ValueTask<string?>> unreadiness,
    MetricsPage? metrics,
    AdminConsole? console,
    string? noConsole,
    bool asksForCertificates = false)
    : IHttpApplication<IFeatureCollection>
{
    private AdminAnswer Nothing => new(
        StatusCodes.Status404NotFound,
        $"there are {(HasConsole ? "/ (the console), " : "")}/healthz, /readyz{(metrics is null ? "" : ", /metrics")}{(noConsole is null ? "" : $"; no console: {noConsole}")}\n");

    private bool HasConsole => console is not null && ConsoleFiles.AreBuilt;

    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public async Task ProcessRequestAsync(IFeatureCollection context)
    {
        var aborted = context.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted;
        var answer = context.GetRequiredFeature<IHttpRequestFeature>().Path switch
        {
            "/healthz" => new AdminAnswer(StatusCodes.Status200OK, "alive\n"),
            "/readyz" => await unreadiness(aborted) is { } reason
                ? new AdminAnswer(StatusCodes.Status503ServiceUnavailable, $"{reason}\n")
                : new AdminAnswer(StatusCodes.Status200OK, "ready\n"),
            _ when asksForCertificates && context.Get<ITlsConnectionFeature>()?.ClientCertificate is null =>
                new AdminAnswer(StatusCodes.Status403Forbidden, "a client certificate is needed\n"),
            "/metrics" when metrics is not null => new AdminAnswer(StatusCodes.Status200OK, metrics.Render()) { ContentType = PrometheusText.ContentType },
            _ => (console is null ? null : await console.AnswerAsync(context)) ?? Nothing,
        };
        if (ReferenceEquals(answer, AdminAnswer.Sent))
        {
            return;
        }

        var body = Encoding.UTF8.GetBytes(answer.Text);
        var response = context.GetRequiredFeature<IHttpResponseFeature>();
        response.StatusCode = answer.Status;
        response.Headers.ContentType = answer.ContentType;
        response.Headers.ContentLength = body.Length;
        await context.GetRequiredFeature<IHttpResponseBodyFeature>().Stream.WriteAsync(body, aborted);
    }

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }
}
