using System.Net.Mime;
using Microsoft.AspNetCore.Http;

namespace Snakepit.GrpcGateway;

/// <summary>
/// What an orchestrator asks: `/healthz`, whether the process is alive, and `/readyz`, whether to send it calls.
/// </summary>
/// <param name="unreadiness">Why it is not ready, in one line; null = it is.</param>
internal sealed class AdminPages(Func<CancellationToken, ValueTask<string?>> unreadiness)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var (status, line) = context.Request.Path.Value switch
        {
            "/healthz" => (StatusCodes.Status200OK, "alive"),
            "/readyz" => await unreadiness(context.RequestAborted) is { } reason
                ? (StatusCodes.Status503ServiceUnavailable, reason)
                : (StatusCodes.Status200OK, "ready"),
            _ => (StatusCodes.Status404NotFound, "there are /healthz and /readyz"),
        };
        context.Response.StatusCode = status;
        context.Response.ContentType = MediaTypeNames.Text.Plain;
        await context.Response.WriteAsync($"{line}\n", context.RequestAborted);
    }
}
