using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Tools;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Tools;

/// <summary>Calls of tools that a worker serves which listens and was announced.</summary>
/// <remarks>A server of its own: a worker takes calls of tools that nobody knows, and would get those of other tests.</remarks>
public sealed class WorkerCallTests : IAsyncLifetime
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
    public async Task A_call_reaches_the_worker_as_it_was_made_and_its_answer_comes_back()
    {
        await using var worker = await StartAsync();
        var headers = new TaskCompletionSource<(string?, TimeSpan?)>();
        worker.OnExecute = (request, call) =>
        {
            headers.SetResult((call.Header("x-snakepit-correlation-id"), call.Timeout));
            return Task.FromResult(new ExecuteToolResponse { Success = true, Result = Json.Integer(3), Metadata = { ["own"] = "kept" } });
        };
        var session = await NewSessionAsync();
        await session.RegisterAsync(worker, "add");
        var request = session.Call("add", ("a", Json.Integer(1)));
        request.Metadata.Add("mine", "kept");
        request.BinaryParameters.Add("raw", ByteString.CopyFrom(0, 255));

        var response = await session.ExecuteAsync(request);

        Assert.Equal("3", response.Result.Text());
        Assert.Equal(("remote", worker.Id, "kept"), (response.Metadata["tool_type"], response.Metadata["worker_id"], response.Metadata["own"]));
        var (correlation, timeout) = await headers.Task;
        Assert.Equal(response.Metadata["correlation_id"], correlation);
        Assert.InRange(timeout!.Value.TotalSeconds, 30, 60);
        var got = Assert.Single(worker.Calls);
        request.Metadata.Add("correlation_id", correlation);
        Assert.Equal(request, got);
    }

    [Fact]
    public async Task The_correlation_id_may_come_as_a_header()
    {
        await using var worker = await StartAsync();
        var session = await NewSessionAsync();
        await session.RegisterAsync(worker, "t");
        var response = await _client.Channel.CallAsync(
            $"/{BridgeClient.BridgeService}/ExecuteTool",
            session.Call("t"),
            ExecuteToolResponse.Parser,
            new() { Headers = new Dictionary<string, string> { ["x-snakepit-correlation-id"] = "from the header" } });

        Assert.Equal("from the header", response.Metadata["correlation_id"]);
        Assert.Equal("from the header", Assert.Single(worker.Calls).Metadata["correlation_id"]);
    }

    [Fact]
    public async Task A_worker_may_use_the_session_while_it_is_called_for_it()
    {
        await using var worker = await StartAsync();
        var session = await NewSessionAsync();
        worker.OnExecute = async (request, _) =>
        {
            // As the public workers do: the session first, its tools under a name of their own, then the work.
            var own = _client.Session(request.SessionId);
            await own.InitializeAsync();
            await own.RegisterToolsAsync("python-4711", "count");
            Assert.True(await own.HeartbeatAsync());
            await own.RegisterAsync("calls", 0);
            var set = await own.SetAsync("calls", 1);
            return new ExecuteToolResponse { Success = true, Result = Json.Integer(set.NewVersion) };
        };

        // Nobody knows the tool yet: the worker registers it in the course of this call.
        Assert.Equal("1", (await session.ExecuteAsync("count")).Result.Text());
        var tool = Assert.Single(await session.ToolsAsync());
        Assert.Equal(("count", worker.Id), (tool.Spec.Name, Assert.Single(tool.Hosts).Id));
        Assert.Equal("2", (await session.ExecuteAsync("count")).Result.Text());
        Assert.Equal(worker.Id, Assert.Single(Assert.Single(await session.ToolsAsync()).Hosts).Id);
    }

    [Fact]
    public async Task A_tool_that_nobody_knows_goes_to_no_worker_that_is_down()
    {
        var worker = await StartAsync();
        await worker.DisposeAsync();
        var session = await NewSessionAsync();
        await _client.WorkerIsAsync(worker.Id, WorkerStatus.Types.State.Down, () => session.ExecuteAsync("t"));

        Assert.Equal(
            $"UNAVAILABLE: no host of tool t is reachable: {worker.Id} does not answer", (await session.ExecuteAsync("t")).ErrorMessage);
        await _client.CallAsync<RemoveWorkerResponse>(
            BridgeClient.ToolsService, "RemoveWorker", new RemoveWorkerRequest { WorkerId = worker.Id });
        Assert.Equal("Tool not found: t", (await session.ExecuteAsync("t")).ErrorMessage);
    }

    [Fact]
    public async Task A_status_of_the_worker_is_told_in_the_body()
    {
        await using var worker = await StartAsync();
        worker.OnExecute = (_, _) => throw new RpcException(RpcCode.InvalidArgument, "x must be positive");
        var session = await NewSessionAsync();
        await session.RegisterAsync(worker, "t");

        var response = await session.ExecuteAsync("t");
        Assert.Equal((false, "INVALID_ARGUMENT: x must be positive"), (response.Success, response.ErrorMessage));
    }

    [Fact]
    public async Task A_result_of_8_MiB_comes_whole()
    {
        await using var worker = await StartAsync();
        var large = Json.LargeString(8 * 1024 * 1024);
        worker.OnExecute = (_, _) => Task.FromResult(new ExecuteToolResponse { Success = true, Result = large });
        var session = await NewSessionAsync();
        await session.RegisterAsync(worker, "large");

        Assert.Equal(large, (await session.ExecuteAsync("large")).Result);
    }

    [Fact]
    public async Task A_worker_lost_in_mid_call_fails_the_call_which_is_not_sent_again()
    {
        var called = new TaskCompletionSource();
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        foreach (var worker in new[] { one, other })
        {
            worker.OnExecute = async (_, call) =>
            {
                called.SetResult();
                await Task.Delay(Timeout.Infinite, call.Cancellation);
                return null!;
            };
        }

        var session = await NewSessionAsync();
        await session.RegisterAsync(one, "t");
        await session.RegisterAsync(other, "t");
        var answer = session.ExecuteAsync("t");
        await called.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var (lost, left) = one.Calls.IsEmpty ? (other, one) : (one, other);
        await lost.DisposeAsync();

        var response = await answer;
        Assert.False(response.Success);
        Assert.StartsWith("UNAVAILABLE: ", response.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(left.Calls);
        await _client.WorkerIsAsync(lost.Id, WorkerStatus.Types.State.Down);
    }

    [Fact]
    public async Task A_worker_that_cannot_be_reached_leaves_its_calls_to_the_others()
    {
        var one = await StartAsync(FreePort.Next());
        await using var other = await StartAsync();
        var session = await NewSessionAsync();
        await session.RegisterAsync(one, "t");
        await session.RegisterAsync(other, "t");
        await one.DisposeAsync();
        for (var calls = 1; calls <= 6; calls++)
        {
            var answer = await session.ExecuteAsync("t");
            if (!answer.Success)
            {
                // It went out on the connection before that was seen to be gone: so it may have begun, and is not sent again.
                Assert.Contains("UNAVAILABLE", answer.ErrorMessage, StringComparison.Ordinal);
                await _client.WorkerIsAsync(one.Id, WorkerStatus.Types.State.Down);
                answer = await session.ExecuteAsync("t");
            }

            Assert.Equal(other.Id, answer.Metadata["worker_id"]);
            Assert.Equal(calls, other.Calls.Count);
        }

        await _client.WorkerIsAsync(one.Id, WorkerStatus.Types.State.Down);
        await using var again = await FakeWorker.StartAsync(int.Parse(one.Address.Split(':')[1]));
        await _client.WorkerIsAsync(one.Id, WorkerStatus.Types.State.Ready);
        await session.ExecuteAsync("t");
        await session.ExecuteAsync("t");
        Assert.Single(again.Calls);
    }

    [Fact]
    public async Task Two_workers_take_turns()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        var session = await NewSessionAsync();
        await session.RegisterAsync(one, "t");
        await session.RegisterAsync(other, "t");
        for (var calls = 0; calls < 6; calls++)
        {
            Assert.True((await session.ExecuteAsync("t")).Success);
        }

        Assert.Equal((3, 3), (one.Calls.Count, other.Calls.Count));
    }

    [Fact]
    public async Task A_caller_that_leaves_has_the_call_cancelled_at_the_worker()
    {
        await using var worker = await StartAsync();
        var called = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        worker.OnExecute = async (_, call) =>
        {
            call.Cancellation.Register(() => cancelled.TrySetResult());
            called.SetResult();
            await cancelled.Task;
            throw new OperationCanceledException(call.Cancellation);
        };
        var session = await NewSessionAsync();
        await session.RegisterAsync(worker, "slow");
        using var caller = new CancellationTokenSource();
        var answer = _client.Channel.CallAsync(
            $"/{BridgeClient.BridgeService}/ExecuteTool", session.Call("slow"), ExecuteToolResponse.Parser, cancellation: caller.Token);
        await called.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Chunks_come_as_they_are_made_and_nothing_comes_after_the_final_one()
    {
        await using var worker = await StartAsync();
        var goOn = new TaskCompletionSource();
        worker.OnStream = async (_, responses, call) =>
        {
            responses.Write(new ToolChunk { ChunkId = "a" });
            await responses.FlushAsync(call.Cancellation);
            await goOn.Task;
            responses.Write(new ToolChunk { ChunkId = "b", IsFinal = true, Metadata = { ["worker_id"] = "which of them" } });
            responses.Write(new ToolChunk { ChunkId = "c", IsFinal = true });
            await responses.FlushAsync(call.Cancellation);
            return new RpcStatus(RpcCode.Internal, "after the last chunk nobody cares");
        };
        var session = await NewSessionAsync();
        await session.RegisterAsync(worker, "stream");
        using var chunks = session.ExecuteStreaming("stream");
        Assert.Equal("a", (await chunks.NextAsync()).ChunkId);
        goOn.SetResult();

        var (rest, status) = await chunks.RestAsync();
        Assert.Equal(RpcStatus.Ok, status);
        var final = Assert.Single(rest);
        Assert.Equal(("b", "which of them", "remote"), (final.ChunkId, final.Metadata["worker_id"], final.Metadata["tool_type"]));
    }

    [Fact]
    public async Task A_stream_that_fails_ends_with_the_workers_status_and_no_final_chunk()
    {
        await using var worker = await StartAsync();
        worker.OnStream = (_, responses, _) =>
        {
            responses.Write(new ToolChunk { ChunkId = "a" });
            return Task.FromResult(new RpcStatus(RpcCode.DataLoss, "gone"));
        };
        var session = await NewSessionAsync();
        await session.RegisterAsync(worker, "stream");
        using var chunks = session.ExecuteStreaming("stream");

        var (all, status) = await chunks.RestAsync();
        Assert.Equal(new RpcStatus(RpcCode.DataLoss, "gone"), status);
        Assert.False(Assert.Single(all).IsFinal);
    }

    private async Task<FakeWorker> StartAsync(int port = 0)
    {
        var worker = await FakeWorker.StartAsync(port);
        await _client.AnnounceAsync(worker);
        return worker;
    }

    private async Task<SessionClient> NewSessionAsync()
    {
        var session = _client.NewSession();
        await session.InitializeAsync();
        return session;
    }
}
