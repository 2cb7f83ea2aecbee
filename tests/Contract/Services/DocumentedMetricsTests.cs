using System.Text.RegularExpressions;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;
using Snakepit.Tests.Unit.Transport;

namespace Snakepit.Tests.Contract.Services;

/// <summary>
/// docs/operations.md and `/metrics` name the same. That is all of a process, so no other test's server may run beside it.
/// </summary>
[Collection(nameof(TelemetryExportTests))]
public sealed partial class DocumentedMetricsTests : IDisposable
{
    private const string Caller = "operator";

    private readonly AccessFixture _access = new AccessFixture().With(Caller, "read write watch call_tools serve_tools administer");
    private readonly TestAuthority _authority = new();

    public void Dispose()
    {
        _access.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public async Task Every_metric_of_the_page_is_measured_and_every_metric_measured_is_on_the_page()
    {
        await using var server = await ServerUnderTest.StartNewAsync(new ServerSettings
        {
            Access = _access.Path,
            Certificate = _authority.Issue("server"),
            HasAdmin = true,
            ReplayableChanges = 100,
        });
        using var client = new BridgeClient(server.Address, token: AccessFixture.TokenOf(Caller));
        var session = client.NewSession();
        await using var host = await AttachedClient.StartAsync(client);
        using var watch = await DriveAsync(server, host, session);

        // A log is trimmed in its own time.
        var page = "";
        await Eventually.TrueAsync(
            async () =>
            {
                await Task.WhenAll(Enumerable.Range(0, 50).Select(n => session.SetAsync("x", n)));
                page = await PageAsync(server);
                return page.Contains("\nsnakepit_log_trimmed", StringComparison.Ordinal);
            },
            "the log is trimmed");

        var documented = OperationsPage.Metrics.Where(metric => metric.Of.Any(ServerKind.Executables.Contains)).ToList();
        Assert.Equal(
            documented.Select(metric => $"{metric.PrometheusName} {metric.Kind}").Order(),
            FamilyPattern().Matches(page).Select(match => match.Groups[1].Value).Order());
        Assert.All(
            OperationsPage.Attributes,
            attribute => Assert.Matches($@"[{{,]{attribute.Replace('.', '_')}=""", page));
        Assert.All(ServerKind.Libraries, prefix => Assert.Contains($"\n# TYPE {prefix}", page, StringComparison.Ordinal));
    }

    /// <summary>Does everything that anything is measured of: changes, watches, tools that fail, callers that are refused.</summary>
    private static async Task<WatchClient> DriveAsync(ServerUnderTest server, AttachedClient host, SessionClient session)
    {
        var registered = await session.RegisterAsync("x", 1);
        await session.SetAsync("x", 2);
        using var stranger = new BridgeClient(server.Address);
        await stranger.Session(session.Id).GetAsync("x").RefusedAsync(RpcCode.Unauthenticated, "");
        await host.OfferAsync(session, "add");
        var called = session.ExecuteAsync("add");
        await host.AnswerAsync((await host.NextCallAsync()).CallId, new() { Success = false, ErrorMessage = "it is tired" });
        await called;

        // From a revision that has not come yet: resynced.
        using (var ahead = await session.ResumeAsync(registered.Revision + 1_000))
        {
            await ahead.NextAsync("resync");
        }

        // From one that has passed: by the log.
        return await session.ResumeAsync(registered.Revision);
    }

    private static async Task<string> PageAsync(ServerUnderTest server)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"http://127.0.0.1:{server.AdminPort}/metrics"), TestContext.Current.CancellationToken);
    }

    // Those of libraries are theirs to describe.
    [GeneratedRegex(@"^# TYPE ((?:snakepit|rpc)_\w+ \w+)$", RegexOptions.Multiline)]
    private static partial Regex FamilyPattern();
}
