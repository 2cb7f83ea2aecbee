using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;
using Snakepit.Transport;

namespace Snakepit.Tests.Contract.Tools;

/// <summary>What the server tells of calls and workers.</summary>
public sealed class TelemetryTests : IAsyncLifetime
{
    private ServerUnderTest _server = null!;
    private BridgeClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ServerUnderTest.StartNewAsync();
        _client = new BridgeClient(_server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Each_subscriber_is_told_of_calls_from_their_start_to_their_end()
    {
        using var one = await SubscribeAsync();
        using var other = await SubscribeAsync();
        var session = _client.NewSession();
        await session.InitializeAsync();
        await using var host = await AttachedClient.StartAsync(_client);
        await host.OfferAsync(session, "t");
        var request = session.Call("t");
        request.Metadata.Add("correlation_id", "c-1");
        var answer = session.ExecuteAsync(request);
        await host.AnswerAsync(await host.NextCallAsync());
        await answer;
        var failing = session.ExecuteAsync("t");
        await host.EndAsync(await host.NextCallAsync(), RpcCode.DataLoss, "gone");
        await failing;
        await session.CleanUpAsync();

        foreach (var subscriber in new[] { one, other })
        {
            Assert.Equal(session.Id, (await NextAsync(subscriber, "session.initialized")).Metadata["session_id"]);
            var start = await NextAsync(subscriber, "tool.call.start");
            Assert.Equal(("c-1", "t", host.Id), (start.CorrelationId, start.Metadata["tool"], start.Metadata["worker_id"]));
            var stop = await NextAsync(subscriber, "tool.call.stop");
            Assert.Equal(("c-1", "true"), (stop.CorrelationId, stop.Metadata["success"]));
            Assert.True(stop.Measurements["duration"].IntValue > 0);
            await NextAsync(subscriber, "tool.call.start");
            var failed = await NextAsync(subscriber, "tool.call.exception");
            Assert.Equal(("DATA_LOSS", "gone"), (failed.Metadata["error_type"], failed.Metadata["error_message"]));
            await NextAsync(subscriber, "session.destroyed");
        }
    }

    [Fact]
    public async Task A_subscriber_sees_what_it_asks_for()
    {
        using var subscriber = await SubscribeAsync();
        await subscriber.WriteAsync(new TelemetryControl
        {
            Filter = new TelemetryEventFilter { Allow = { "session.*" }, Deny = { "*.initialized" } },
        });
        var session = _client.NewSession();

        // Controls take effect some time after they are sent; from the first that is filtered on, all are.
        await Eventually.TrueAsync(
            async () =>
            {
                await session.InitializeAsync();
                await session.CleanUpAsync();
                return await NextAsync(subscriber) is "session.destroyed" && await PendingAsync(subscriber) is "session.destroyed";
            },
            "only ends of sessions are told");

        async Task<string> PendingAsync(RpcDuplexStream<TelemetryControl, TelemetryEvent> events)
        {
            await session.InitializeAsync();
            await session.CleanUpAsync();
            return await NextAsync(events);
        }
    }

    [Fact]
    public async Task What_a_worker_tells_is_passed_on_with_its_id()
    {
        var tell = new TaskCompletionSource();
        await using var worker = await FakeWorker.StartAsync(prepare: worker => worker.OnTelemetry = async (responses, call) =>
        {
            await tell.Task.WaitAsync(call.Cancellation);
            responses.Write(new TelemetryEvent
            {
                EventParts = { "tool", "result_size" },
                Measurements = { ["bytes"] = new TelemetryValue { IntValue = 7 } },
                CorrelationId = "c",
            });
            await responses.FlushAsync(call.Cancellation);
            await Task.Delay(Timeout.Infinite, call.Cancellation);
            return RpcStatus.Ok;
        });
        using var subscriber = await SubscribeAsync();
        await _client.AnnounceAsync(worker);
        Assert.Equal(worker.Id, (await NextAsync(subscriber, "worker.up")).Metadata["worker_id"]);
        tell.SetResult();

        var told = await NextAsync(subscriber, "tool.result_size");
        Assert.Equal((worker.Id, 7L, "c"), (told.Metadata["worker_id"], told.Measurements["bytes"].IntValue, told.CorrelationId));
        await worker.DisposeAsync();
        Assert.Equal(worker.Id, (await NextAsync(subscriber, "worker.down")).Metadata["worker_id"]);
    }

    [Fact]
    public async Task A_server_that_stops_ends_subscriptions_and_lets_attached_hosts_answer_first()
    {
        using var subscriber = await SubscribeAsync();
        var session = _client.NewSession();
        await session.InitializeAsync();
        await using var idle = await AttachedClient.StartAsync(_client);
        await using var busy = await AttachedClient.StartAsync(_client);
        await busy.OfferAsync(session, "t");
        var answer = session.ExecuteAsync("t");
        var call = await busy.NextCallAsync();
        var stopping = _server.StopAsync();

        await idle.NextAsync(Protocol.Tools.ServerMessage.ContentOneofCase.Draining);
        Assert.Equal(RpcCode.Unavailable, (await idle.EndedAsync()).Code);
        await busy.NextAsync(Protocol.Tools.ServerMessage.ContentOneofCase.Draining);
        await busy.AnswerAsync(call, "1");
        Assert.Equal("1", (await answer).Result.Text());
        Assert.Equal(RpcCode.Unavailable, (await busy.EndedAsync()).Code);
        await stopping;
        var end = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await subscriber.ReadAsync() is not null)
            {
            }
        });
        Assert.Equal(RpcCode.Unavailable, end.Status.Code);
    }

    private static async Task<TelemetryEvent> NextAsync(RpcDuplexStream<TelemetryControl, TelemetryEvent> subscriber, string name)
    {
        var next = await subscriber.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.NotNull(next);
        Assert.Equal(name, string.Join('.', next.EventParts));
        return next;
    }

    private static async Task<string> NextAsync(RpcDuplexStream<TelemetryControl, TelemetryEvent> subscriber) =>
        string.Join('.', (await subscriber.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)))!.EventParts);

    /// <summary>Returns when events are collected for it.</summary>
    private async Task<RpcDuplexStream<TelemetryControl, TelemetryEvent>> SubscribeAsync()
    {
        var subscriber = _client.Duplex<TelemetryControl, TelemetryEvent>(BridgeClient.BridgeService, "StreamTelemetry");
        await subscriber.ResponseHeaders.WaitAsync(TimeSpan.FromSeconds(30));
        return subscriber;
    }
}
