using System.Globalization;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;
using Snakepit.Transport;

namespace Snakepit.Tests.Contract.Services;

/// <summary>
/// What a server tells of itself to those who look after it. That is all of its process, so no other test's server may
/// run beside it.
/// </summary>
[Collection(nameof(TelemetryExportTests))]
[CollectionDefinition(nameof(TelemetryExportTests), DisableParallelization = true)]
public sealed class TelemetryExportTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public async Task The_page_of_metrics_counts_calls_by_method_and_status_and_shows_what_there_is()
    {
        await using var server = await ServerUnderTest.StartNewAsync(new ServerSettings { Durable = false, HasAdmin = true });
        using var client = new BridgeClient(server.Address);
        var session = client.NewSession();
        await session.RegisterAsync("x", 1);
        await session.SetAsync("x", 2);
        await session.SetAsync("x", Json.Of("integer", "true")).RefusedAsync(RpcCode.InvalidArgument, "integer");
        using var watch = await session.WatchAsync();
        await using var host = await AttachedClient.StartAsync(client);
        await host.OfferAsync(session, "add");
        var called = session.ExecuteAsync("add");
        await host.AnswerAsync(await host.NextCallAsync());
        Assert.True((await called).Success);

        await client.Channel.CallAsync("/no.Service/Nothing", new InitializeSessionRequest(), InitializeSessionResponse.Parser)
            .RefusedAsync(RpcCode.Unimplemented, "no.Service");

        var page = await PageAsync(server);
        Assert.Equal(1, ValueOf(page, Calls("_OTHER", "UNIMPLEMENTED").Replace("snakepit.bridge.BridgeService/", "", StringComparison.Ordinal)));
        Assert.Equal(0, ValueOf(page, "snakepit_calls_refused_total{snakepit_refusal_reason=\"limit\"}"));
        Assert.Equal("# TYPE rpc_server_call_duration_seconds histogram", page.Single(line => line.StartsWith("# TYPE rpc_server_call_duration", StringComparison.Ordinal)));
        Assert.Equal(1, ValueOf(page, Calls("SetVariable", "OK")));
        Assert.Equal(1, ValueOf(page, Calls("SetVariable", "INVALID_ARGUMENT")));
        Assert.True(ValueOf(page, "snakepit_watchers") >= 1);
        Assert.True(ValueOf(page, "snakepit_sessions_stored") >= 1);
        Assert.True(ValueOf(page, "snakepit_changes_total") >= 2);
        Assert.True(ValueOf(page, "snakepit_store_operation_duration_seconds_count{snakepit_store_operation=\"append\"}") >= 2);
        Assert.True(ValueOf(page, "snakepit_tool_call_duration_seconds_count{snakepit_tool_type=\"local\"}") >= 1);
        Assert.Equal(1, ValueOf(page, "snakepit_tool_hosts{snakepit_tool_host_kind=\"attached\",snakepit_tool_host_state=\"ready\"}"));
        Assert.DoesNotContain(page, line => line.Contains(session.Id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_callers_trace_goes_on_in_the_server_and_reaches_the_collector()
    {
        await using var collector = await FakeCollector.StartAsync();
        await using (var server = await ServerUnderTest.StartNewAsync(new ServerSettings { Durable = false, Collector = collector.Address }))
        {
            using var client = new BridgeClient(server.Address);
            await client.Channel.CallAsync(
                "/snakepit.bridge.BridgeService/InitializeSession",
                new InitializeSessionRequest { SessionId = "traced" },
                InitializeSessionResponse.Parser,
                new RpcCallOptions
                {
                    Headers = new Dictionary<string, string>
                    {
                        ["traceparent"] = $"00-{TraceId}-b7ad6b7169203331-01",
                        ["x-snakepit-correlation-id"] = "correlated-42",
                    },
                });
            var session = client.Session("traced");
            await using var host = await AttachedClient.StartAsync(client);
            await host.OfferAsync(session, "add");
            var answer = client.Channel.CallAsync(
                "/snakepit.bridge.BridgeService/ExecuteTool",
                session.Call("add"),
                ExecuteToolResponse.Parser,
                new RpcCallOptions { Headers = new Dictionary<string, string> { ["traceparent"] = $"00-{TraceId}-b7ad6b7169203331-01" } });
            await host.AnswerAsync(await host.NextCallAsync());
            await answer;
        }

        Assert.True(collector.HasTraced(Convert.FromHexString(TraceId)), $"{collector}");
        Assert.True(collector.HasTraced("snakepit.bridge.BridgeService/InitializeSession"));
        Assert.True(collector.HasTraced("correlated-42"));
        Assert.True(collector.HasTraced("tool add"));
        Assert.True(collector.HasMeasured("rpc.server.call.duration"));
        foreach (var source in ServerKind.TraceSources)
        {
            Assert.True(collector.HasTraced(source), $"no span of {source}");
        }
    }

    private static string Calls(string method, string status) =>
        $"rpc_server_call_duration_seconds_count{{rpc_method=\"snakepit.bridge.BridgeService/{method}\",rpc_response_status_code=\"{status}\",rpc_system_name=\"grpc\"}}";

    private static async Task<string[]> PageAsync(ServerUnderTest server)
    {
        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri($"http://127.0.0.1:{server.AdminPort}/metrics"), TestContext.Current.CancellationToken);
        return text.Split('\n');
    }

    private static double ValueOf(string[] page, string series)
    {
        var line = page.FirstOrDefault(line => line.StartsWith($"{series} ", StringComparison.Ordinal));
        Assert.True(line is not null, $"no {series} in:\n{string.Join('\n', page)}");
        return double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture);
    }
}
