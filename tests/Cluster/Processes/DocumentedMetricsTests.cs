using System.Text.RegularExpressions;

namespace Snakepit.Tests.Cluster.Processes;

/// <summary>What docs/operations.md calls a silo's metric, or a gateway's, is on the page of one, and not on the other's.</summary>
[Collection(PostgresForProcesses.Name)]
public sealed partial class DocumentedMetricsTests(PostgresForProcesses postgres)
{
    [Fact]
    public async Task Silos_and_gateways_show_those_that_are_theirs_and_no_others()
    {
        await using var cluster = await ProcessCluster.StartAsync(postgres.Server);
        await cluster.Gateways[0].Process.Client.RegisterAsync("s", "x");
        foreach (var n in Enumerable.Range(0, 8))
        {
            // One silo or the other has a session then.
            await cluster.Gateways[0].Process.Client.RegisterAsync($"s{n}", "x");
        }

        var silos = (await FamiliesAsync(cluster.MetricsOf(cluster.Silos[0]))).Concat(await FamiliesAsync(cluster.MetricsOf(cluster.Silos[1]))).ToHashSet();
        var gateway = await FamiliesAsync(cluster.MetricsOf(cluster.Gateways[0]));
        Assert.Subset(Documented("silo"), silos);
        Assert.Subset(Documented("gateway"), gateway);
        Assert.Superset(
            new HashSet<string> { "snakepit_sessions_stored", "snakepit_sessions_active", "snakepit_changes_total", "snakepit_commit_commands", "snakepit_store_operation_duration_seconds" },
            silos);
        Assert.Superset(
            new HashSet<string> { "rpc_server_call_duration_seconds", "snakepit_watchers", "snakepit_watchers_behind", "snakepit_watch_lag" },
            gateway);
    }

    private static HashSet<string> Documented(string executable) =>
        [.. OperationsPage.Metrics.Where(metric => metric.Of.Contains(executable)).Select(metric => metric.PrometheusName)];

    private static async Task<HashSet<string>> FamiliesAsync(Uri page)
    {
        using var http = new HttpClient();
        var text = await http.GetStringAsync(page, TestContext.Current.CancellationToken);
        return [.. FamilyPattern().Matches(text).Select(match => match.Groups[1].Value)];
    }

    [GeneratedRegex(@"^# TYPE ((?:snakepit|rpc)_\w+) ", RegexOptions.Multiline)]
    private static partial Regex FamilyPattern();
}
