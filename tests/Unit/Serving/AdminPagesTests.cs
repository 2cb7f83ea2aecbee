using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Serving.Admin;
using Snakepit.Transport;

namespace Snakepit.Tests.Serving;

/// <summary>What an orchestrator is told.</summary>
public sealed class AdminPagesTests : IAsyncLifetime
{
    private string? _reason;
    private AdminServer _server = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await AdminServer.StartAsync(
            new AdminOptions(new GrpcEndpoint("127.0.0.1", 0)), _ => new(_reason), metrics: null, calls: null, NullLoggerFactory.Instance);
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_server.Port}") };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Readiness_follows_what_the_process_says_and_life_does_not()
    {
        await AnswersAsync("/readyz", HttpStatusCode.OK, "ready\n");
        _reason = "no silo of the cluster can be reached";
        await AnswersAsync("/readyz", HttpStatusCode.ServiceUnavailable, "no silo of the cluster can be reached\n");
        await AnswersAsync("/healthz", HttpStatusCode.OK, "alive\n");
        _reason = null;
        await AnswersAsync("/readyz", HttpStatusCode.OK, "ready\n");
    }

    [Fact]
    public Task Other_pages_are_not_there() => AnswersAsync("/", HttpStatusCode.NotFound, "there are /healthz, /readyz\n");

    private async Task AnswersAsync(string path, HttpStatusCode status, string body)
    {
        using var answer = await _client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal(body, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
