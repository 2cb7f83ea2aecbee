using Snakepit.Tests.Robustness.Support;
using Snakepit.Tests.Unit.Transport;
using Snakepit.Transport;

namespace Snakepit.Tests.Cluster.Processes;

/// <summary>
/// A cluster by mutual TLS, and processes that know its database but have no certificate of its authority. Real
/// processes: a silo that finds itself dead takes its process along.
/// </summary>
[Collection(PostgresForProcesses.Name)]
public sealed class TlsTests(PostgresForProcesses postgres) : IDisposable
{
    private readonly TestAuthority _authority = new("cluster");
    private readonly TestAuthority _stranger = new("stranger");

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task Silos_without_its_certificate_cannot_join_a_cluster_and_do_it_no_harm()
    {
        var database = ("SNAKEPIT_DATABASE", await postgres.Server.CreateDatabaseAsync());
        await using var silo = await ServerProcess.LaunchSilo([database, .. Tls(_authority.Issue("silo"))]).OnceReadyAsync();
        await using var gateway = await ServerProcess.LaunchGateway([database, .. Tls(_authority.Issue("gateway"))]).OnceReadyAsync();
        await gateway.Client.RegisterAsync("s", "x");

        var believing = _stranger.Issue("rogue") with { Authorities = _authority.Certificate };
        await using var rogue = ServerProcess.LaunchSilo([database, .. Tls(believing)]);
        await using var open = ServerProcess.LaunchSilo([database]);
        foreach (var intruder in new[] { rogue, open })
        {
            // It finds out that the others have taken it for dead; nothing it said was heard.
            Assert.NotEqual(0, await intruder.ExitAsync());
            Assert.Null(await intruder.FirstLine);
        }

        Assert.Equal(2, (await gateway.Client.SetAsync("s", "x", "7")).Revision);
        await gateway.StopAsync();
        await silo.StopAsync();
        Assert.Contains(
            "a process is refused that would be part of the cluster: its certificate CN=rogue comes from an authority that is not trusted: CN=stranger",
            await silo.Errors,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SNAKEPIT_CLUSTER_TLS_CERT")]
    [InlineData("SNAKEPIT_CLUSTER_TLS_KEY")]
    [InlineData("SNAKEPIT_CLUSTER_TLS_CA")]
    [InlineData("SNAKEPIT_TLS_CERT")]
    public async Task A_file_that_cannot_be_read_is_named_and_nothing_starts(string variable)
    {
        var files = _authority.Issue("process");
        var missing = _authority.PathOf("missing.pem");
        (string, string)[] settings =
        [
            ("SNAKEPIT_DATABASE", await postgres.Server.CreateDatabaseAsync()),
            ("SNAKEPIT_LOG_FORMAT", "json"), ("SNAKEPIT_LOG_LEVEL", "warning"),
            .. Tls(files), ("SNAKEPIT_TLS_CERT", files.Certificate!), ("SNAKEPIT_TLS_KEY", files.Key!), (variable, missing),
        ];
        foreach (var process in new[] { ServerProcess.LaunchSilo(settings), ServerProcess.LaunchGateway(settings) })
        {
            await using var _ = process;
            Assert.Contains($"{missing} cannot be read: ", await process.RefusalAsync(), StringComparison.Ordinal);
        }
    }

    private static (string, string)[] Tls(TlsFiles files) =>
    [
        ("SNAKEPIT_CLUSTER_TLS_CERT", files.Certificate!),
        ("SNAKEPIT_CLUSTER_TLS_KEY", files.Key!),
        ("SNAKEPIT_CLUSTER_TLS_CA", files.Authorities!),
    ];
}
