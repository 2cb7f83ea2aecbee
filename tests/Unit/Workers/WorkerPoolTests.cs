using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Bridge.Telemetry;
using Snakepit.Bridge.Tools;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Sidecar.Workers;
using Snakepit.Tests.Unit.Support;
using State = Snakepit.Protocol.Tools.WorkerStatus.Types.State;

namespace Snakepit.Tests.Workers;

/// <summary>A pool whose processes are the test's, and whose workers listen in this process.</summary>
public sealed class WorkerPoolTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private readonly FakeLauncher _launcher = new();
    private ToolServer _server = null!;
    private WorkerPool? _pool;

    public async ValueTask InitializeAsync() => _server = await ToolServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _server.Call.Continue();
        if (_pool is not null)
        {
            var stopping = _pool.StopAsync();
            while (!stopping.IsCompleted)
            {
                _clock.Advance(TimeSpan.FromSeconds(5));
                await Task.Yield();
            }

            await stopping;
        }

        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_call_waits_for_a_worker_to_come_up_and_carries_its_correlation_id()
    {
        var pool = Start();
        var calling = ExecuteAsync(pool);
        var process = await _launcher.NextAsync();
        Assert.False(calling.IsCompleted);
        process.BecomeReady(_server.Port);
        Assert.True((await Within(calling)).Success);
        Assert.Equal("c-1", _server.CorrelationId);
        var status = Assert.Single(pool.Describe());
        Assert.Equal(
            ("pool-1", State.Ready, process.Id, 0, 1L, 0L),
            (status.WorkerId, status.State, status.ProcessId, status.Restarts, status.Calls, status.FailedCalls));
    }

    [Fact]
    public async Task A_worker_that_ends_takes_its_call_with_it_at_once_and_is_launched_again()
    {
        var pool = Start();
        var process = await ReadyAsync();
        _server.Call = new SyncPoint();
        var calling = ExecuteAsync(pool);
        await _server.Call.Reached;

        // The connection lives on: only the process tells.
        process.Exit("ended with status 3");
        var failure = await Assert.ThrowsAsync<RpcException>(() => Within(calling));
        Assert.Equal(RpcCode.Unavailable, failure.Status.Code);
        Assert.Contains($"worker pool-1 (process {process.Id}) ended with status 3", failure.Status.Message, StringComparison.Ordinal);

        await StateAsync(pool, State.Down);
        Assert.Equal("ended with status 3", Assert.Single(pool.Describe()).Detail);
        Assert.False(pool.IsAvailable);
        await AdvanceUntilAsync(() => _launcher.TryNext(out _));
        Assert.Equal(1, Assert.Single(pool.Describe()).Restarts);
        Assert.True(pool.IsAvailable);
    }

    [Fact]
    public async Task A_stream_is_cut_with_its_worker()
    {
        var pool = Start();
        var process = await ReadyAsync();
        _server.Call = new SyncPoint();
        await using var chunks = pool.StreamAsync(Call(), default).GetAsyncEnumerator();
        Assert.True(await chunks.MoveNextAsync());
        process.Exit("ended with status 3");
        var failure = await Assert.ThrowsAsync<RpcException>(() => chunks.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(RpcCode.Unavailable, failure.Status.Code);
    }

    [Fact]
    public async Task Who_stops_reading_a_stream_gives_the_turn_back()
    {
        var pool = Start();
        await ReadyAsync();
        _server.Call = new SyncPoint();
        await foreach (var chunk in pool.StreamAsync(Call(), default))
        {
            Assert.Equal("1", chunk.ChunkId);
            break;
        }

        _server.Call = ToolServer.Passed();
        Assert.True((await Within(ExecuteAsync(pool))).Success);
    }

    [Fact]
    public async Task A_cancelled_call_is_cancelled_at_the_worker_and_gives_the_turn_back()
    {
        var pool = Start();
        await ReadyAsync();
        _server.Call = new SyncPoint();
        using var cancellation = new CancellationTokenSource();
        var calling = pool.ExecuteAsync(Call(), cancellation.Token).AsTask();
        await _server.Call.Reached;
        await cancellation.CancelAsync();
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Within(calling));
        Assert.Equal(cancellation.Token, cancelled.CancellationToken);
        _server.Call = ToolServer.Passed();
        Assert.True((await Within(ExecuteAsync(pool))).Success);
    }

    [Fact]
    public async Task After_a_call_that_ended_UNAVAILABLE_a_worker_is_asked_before_it_gets_another()
    {
        var pool = Start();
        await ReadyAsync();
        var pings = _server.Pings;
        _server.IsSilent = true;
        await Assert.ThrowsAsync<RpcException>(() => Within(ExecuteAsync(pool, "unavailable")));
        var next = ExecuteAsync(pool);
        await UntilAsync(() => _server.Pings > pings);
        Assert.False(next.IsCompleted);
        Assert.Equal(1, pool.Waiting);
        _server.IsSilent = false;

        // The ping under way fails, the one after it does not.
        _clock.Advance(TimeSpan.FromSeconds(5));
        await AdvanceUntilAsync(() => next.IsCompleted);
        Assert.True((await Within(next)).Success);
    }

    [Fact]
    public async Task A_worker_that_answers_no_health_check_is_killed()
    {
        var pool = Start();
        var process = await ReadyAsync();
        _server.IsSilent = true;
        await AdvanceUntilAsync(() => process.Exited.IsCompleted);
        Assert.Equal(["kill"], process.Told);
        await StateAsync(pool, State.Down);
        Assert.Equal("has not answered for 15 s", Assert.Single(pool.Describe()).Detail);
    }

    [Fact]
    public async Task A_worker_that_does_not_start_in_time_is_killed()
    {
        var pool = Start();
        var process = await _launcher.NextAsync();
        await _clock.TimerSetAsync();
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Empty(process.Told);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await StateAsync(pool, State.Down);
        Assert.Equal(["kill"], process.Told);
        Assert.Equal("has not said on which port it listens within 60 s", Assert.Single(pool.Describe()).Detail);
    }

    [Fact]
    public async Task A_command_that_ends_at_once_is_launched_ever_more_rarely()
    {
        Start();
        var pauses = new List<double>();
        for (var launch = 0; launch < 9; launch++)
        {
            (await _launcher.NextAsync()).Exit("ended with status 1");
            TimeSpan pause;
            do
            {
                pause = await _clock.TimerSetAsync();
            }
            while (pause == TimeSpan.FromSeconds(60));
            pauses.Add(pause.TotalSeconds);
            _clock.Advance(pause);
        }

        Assert.Equal([0.5, 1, 2, 4, 8, 16, 30, 30, 30], pauses);
    }

    [Fact]
    public async Task A_command_that_cannot_be_launched_says_why()
    {
        _launcher.Refusal = "no such file";
        var pool = Start();
        await StateAsync(pool, State.Down);
        Assert.Equal("cannot be launched: no such file", Assert.Single(pool.Describe()).Detail);
    }

    [Fact]
    public async Task Stopping_lets_calls_end_then_asks_the_worker_and_kills_the_one_that_does_not_listen()
    {
        var pool = Start();
        var process = await ReadyAsync();
        _server.Call = new SyncPoint();
        var calling = ExecuteAsync(pool);
        await _server.Call.Reached;
        var drained = pool.DrainAsync(TimeSpan.FromSeconds(5));
        Assert.False(pool.IsAvailable);
        Assert.Equal(State.Draining, Assert.Single(pool.Describe()).State);
        Assert.Equal(RpcCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => ExecuteAsync(pool))).Status.Code);
        Assert.False(drained.IsCompleted);
        _server.Call.Continue();
        Assert.True((await Within(calling)).Success);
        await drained.WaitAsync(TimeSpan.FromSeconds(10));

        var stopped = pool.StopAsync();
        await process.Terminated;
        Assert.False(stopped.IsCompleted);
        await AdvanceUntilAsync(() => stopped.IsCompleted);
        Assert.Equal(["terminate", "kill"], process.Told);
    }

    [Fact]
    public async Task A_call_that_outlasts_the_grace_is_cut_off_as_UNAVAILABLE()
    {
        var pool = Start();
        var process = await ReadyAsync();
        _server.Call = new SyncPoint();
        var calling = ExecuteAsync(pool);
        await _server.Call.Reached;
        var stopped = pool.StopAsync();
        Assert.Equal(RpcCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => Within(calling))).Status.Code);
        await process.Terminated;
        process.Exit("ended with status 0");
        await stopped.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(["terminate"], process.Told);
    }

    private static ToolCall Call(string tool = "t") => new(
        new ExecuteToolRequest { ToolName = tool, SessionId = "s" }, "c-1", TimeSpan.FromMinutes(5));

    private static Task<ExecuteToolResponse> ExecuteAsync(WorkerPool pool, string tool = "t") =>
        pool.ExecuteAsync(Call(tool), default).AsTask();

    private static Task<ExecuteToolResponse> Within(Task<ExecuteToolResponse> task) => task.WaitAsync(TimeSpan.FromSeconds(10));

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!condition())
        {
            late.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static Task StateAsync(WorkerPool pool, State state) => UntilAsync(() => pool.Describe()[0].State == state);

    /// <summary>Moves the clock on as long as it takes, in steps that leave time for answers.</summary>
    private async Task AdvanceUntilAsync(Func<bool> condition)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            late.Token.ThrowIfCancellationRequested();
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5);
        }
    }

    private WorkerPool Start()
    {
        _pool = new WorkerPool(
            new WorkerPoolOptions { Command = ["none"], Workers = 1 },
            _launcher,
            () => 1,
            new TelemetryHub(ToolSettings.Default, _clock),
            _clock,
            NullLogger.Instance);
        _pool.Start();
        return _pool;
    }

    private async Task<FakeProcess> ReadyAsync()
    {
        var process = await _launcher.NextAsync();
        process.BecomeReady(_server.Port);
        await StateAsync(_pool!, State.Ready);
        return process;
    }
}
