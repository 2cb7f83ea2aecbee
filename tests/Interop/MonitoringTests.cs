using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Unit.Transport;
using Snakepit.Transport;

namespace Snakepit.Tests.Interop;

/// <summary>`deploy/monitoring` shows something: a real Prometheus evaluates every expression in it.</summary>
public sealed partial class MonitoringTests
{
    private const string Service = "/snakepit.bridge.BridgeService/";

    [Fact]
    public async Task Every_expression_of_dashboard_and_alerts_has_data_and_a_dead_server_raises_an_alert()
    {
        Assert.SkipUnless(Commands.Find("prometheus") is not null, "prometheus is not installed (Debian: prometheus)");
        var admin = FreePort.Next();
        using var authority = new TestAuthority();
        var certificate = authority.Issue("server");
        await using var sidecar = await SidecarProcess.StartAsync(
            0,
            "--admin",
            string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{admin}"),
            "--tls-cert",
            certificate.Certificate!,
            "--tls-key",
            certificate.Key!,
            "--cleartext-loopback");
        await using var prometheus = await Prometheus.StartAsync(admin);
        using var over = new CancellationTokenSource();
        var load = LoadAsync(sidecar.Target, over.Token);

        // A rate needs samples on both sides of what it counts.
        await prometheus.ResultAsync("count_over_time(snakepit_watch_deliveries_total[5m]) >= 3");
        await prometheus.ResultAsync("count_over_time(rpc_server_call_duration_seconds_count{rpc_response_status_code='INVALID_ARGUMENT'}[5m]) >= 3");
        List<string> without = [];
        foreach (var expression in DashboardExpressions().Concat((await prometheus.AlertsAsync()).Select(alert => Quantity(alert.Expression))))
        {
            if (await prometheus.QueryAsync(expression) is [])
            {
                without.Add(expression);
            }
        }

        Assert.True(without is [], $"no data for\n{string.Join('\n', without)}");
        await over.CancelAsync();
        await load;
        await sidecar.CrashAsync();
        await prometheus.RaisedAsync("SnakepitDown");
    }

    private static List<string> DashboardExpressions()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(SourceTree.Full("deploy/monitoring/dashboard.json")));
        List<string> expressions =
        [
            .. dashboard.RootElement.GetProperty("panels").EnumerateArray()
                .Where(panel => panel.TryGetProperty("targets", out _))
                .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
                .Select(target => target.GetProperty("expr").GetString()!
                    .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
                    .Replace("$job", ".+", StringComparison.Ordinal)),
        ];
        Assert.True(expressions.Count > 25);
        return expressions;
    }

    /// <summary>What an alert measures, without what it is compared with.</summary>
    private static string Quantity(string alert)
    {
        var comparison = ComparisonPattern().Match(alert);
        Assert.True(comparison.Success, $"not a quantity, a comparison and a number: {alert}");
        return alert[..comparison.Index];
    }

    /// <summary>Changes, a watch, and a call that is refused, until it is over.</summary>
    private static async Task LoadAsync(string target, CancellationToken over)
    {
        using var channel = new RpcChannel(target);
        await CallAsync("RegisterVariable", new RegisterVariableRequest { SessionId = "s", Name = "x", Type = "integer", InitialValue = Value("0") });
        using var watch = channel.Stream(Service + "WatchVariables", new WatchVariablesRequest { SessionId = "s" }, VariableUpdate.Parser, cancellation: CancellationToken.None);
        await watch.ReadAsync(CancellationToken.None);
        for (var n = 0; !over.IsCancellationRequested; n++)
        {
            await CallAsync("SetVariable", new SetVariableRequest { SessionId = "s", VariableIdentifier = "x", Value = Value($"{n}") });
            await Assert.ThrowsAsync<RpcException>(() => CallAsync(
                "SetVariable", new SetVariableRequest { SessionId = "s", VariableIdentifier = "x", Value = Value("true") }));
            await watch.ReadAsync(CancellationToken.None);
        }

        Task<Empty> CallAsync(string method, IMessage request) =>
            channel.CallAsync(Service + method, request, Empty.Parser, cancellation: CancellationToken.None);
    }

    private static Any Value(string json) => new() { TypeUrl = "type.googleapis.com/snakepit.integer", Value = ByteString.CopyFromUtf8(json) };

    [GeneratedRegex(@"\s[<>]=?\s[\d.e+]+$")]
    private static partial Regex ComparisonPattern();
}
