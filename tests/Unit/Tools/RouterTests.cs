using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Bridge.Telemetry;
using Snakepit.Bridge.Tools;
using Snakepit.Bridge.Tools.Calls;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Sessions;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Tools;

public sealed class RouterTests
{
    private readonly ManualClock _clock = new();
    private readonly FakeSessions _sessions = new();
    private readonly FakeHosts _hosts = new();
    private ToolRouter? _router;

    [Fact]
    public async Task A_call_that_was_never_sent_goes_to_the_next_host_and_one_that_may_have_been_does_not()
    {
        var refusing = _hosts.Add("refusing", (_, _) => throw new RpcException(RpcCode.Unavailable, "refused") { NeverSent = true });
        var losing = _hosts.Add("losing", (_, _) => throw new RpcException(RpcCode.Unavailable, "lost in mid-call"));
        var good = _hosts.Add("good");
        _sessions.Knows("t", refusing, losing, good);

        // Whoever's turn it is, the call ends at the first host that saw it.
        for (var calls = 0; calls < 3; calls++)
        {
            var before = (losing.Calls, good.Calls);
            var answer = await ExecuteAsync("t");
            Assert.Equal(1, losing.Calls - before.Item1 + good.Calls - before.Item2);
            Assert.Equal(good.Calls > before.Item2 ? "" : "UNAVAILABLE: lost in mid-call", answer.Message!.ErrorMessage);
        }

        Assert.Equal((1, 2, 1), (refusing.Calls, losing.Calls, good.Calls));
    }

    [Fact]
    public async Task Where_none_can_be_reached_the_reason_is_told()
    {
        _sessions.Knows("t", _hosts.Add("a", (_, _) => throw new RpcException(RpcCode.Unavailable, "refused") { NeverSent = true }));

        Assert.Equal("UNAVAILABLE: no host of tool t is reachable: refused", (await ExecuteAsync("t")).Message!.ErrorMessage);
    }

    [Fact]
    public async Task A_host_whose_queue_is_full_is_a_limit_of_the_server()
    {
        _sessions.Knows("t", _hosts.Add("a", (_, _) => throw new RpcException(RpcCode.ResourceExhausted, "full") { NeverSent = true }));

        Assert.Equal(new RpcStatus(RpcCode.ResourceExhausted, "full"), (await ExecuteAsync("t")).Status);
    }

    [Fact]
    public async Task A_session_is_told_of_a_worker_that_may_register_during_the_call_and_of_the_calls_end()
    {
        var seen = 0;
        _hosts.Add("pool", (_, _) =>
        {
            seen = _sessions.Expected.Count;
            return Task.FromResult(new ExecuteToolResponse { Success = true });
        }).TakesUnregistered = true;

        Assert.True((await ExecuteAsync("unknown")).Message!.Success);
        Assert.Equal(1, seen);
        Assert.Equal(["pool", null], _sessions.Expected.Select(expected => expected.Host?.Id));
        Assert.Equal(_sessions.Expected[0].CallId, _sessions.Expected[1].CallId);
    }

    [Fact]
    public async Task A_session_is_told_of_the_end_of_a_call_that_is_cancelled()
    {
        var called = new TaskCompletionSource();
        _hosts.Add("pool", async (_, cancellation) =>
        {
            called.SetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
            return null!;
        }).TakesUnregistered = true;
        var call = new FakeCall();
        var answer = ExecuteAsync("unknown", call);
        await called.Task;
        await call.Caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Equal(["pool", null], _sessions.Expected.Select(expected => expected.Host?.Id));
    }

    [Fact]
    public async Task A_deadline_that_passes_is_the_calls_status_and_the_host_is_cancelled()
    {
        var called = new TaskCompletionSource();
        var cancelled = false;
        _sessions.Knows("t", _hosts.Add("a", async (_, cancellation) =>
        {
            cancellation.Register(() => cancelled = true);
            called.SetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
            return null!;
        }));
        var answer = ExecuteAsync("t");
        await called.Task;
        _clock.Advance(ToolSettings.Default.Timeout);

        Assert.Equal(RpcCode.DeadlineExceeded, (await answer).Status.Code);
        Assert.True(cancelled);
    }

    [Fact]
    public async Task Calls_beyond_the_limit_are_refused_until_one_ends()
    {
        var goOn = new TaskCompletionSource();
        _sessions.Knows("t", _hosts.Add("a", async (_, _) =>
        {
            await goOn.Task;
            return new ExecuteToolResponse { Success = true };
        }));
        var router = Router(ToolSettings.Default with { MaxCalls = 1 });
        var first = ExecuteAsync("t", router: router);

        Assert.Equal(
            new RpcStatus(RpcCode.ResourceExhausted, "the limit of 1 calls of tools in flight is reached"),
            (await ExecuteAsync("t", router: router)).Status);
        goOn.SetResult();
        Assert.True((await first).Message!.Success);
        Assert.True((await ExecuteAsync("t", router: router)).Message!.Success);
    }

    [Fact]
    public async Task A_stream_that_goes_on_after_its_final_chunk_is_cut_off_after_a_while()
    {
        var cancelled = false;
        var host = _hosts.Add("a");
        host.Chunks = Endless;
        _sessions.Knows("t", host);
        var responses = new FakeResponses();
        var request = new ExecuteToolRequest { SessionId = "s", ToolName = "t" };
        var status = Router().ExecuteStreamingAsync(request, responses, new FakeCall());
        Assert.True((await responses.NextAsync(ToolChunk.Parser)).IsFinal);
        while (await _clock.TimerSetAsync() != ToolSettings.Default.AfterFinalChunk)
        {
        }

        _clock.Advance(ToolSettings.Default.AfterFinalChunk);
        Assert.Equal(RpcStatus.Ok, await status);
        Assert.True(cancelled);

        async IAsyncEnumerable<ToolChunk> Endless([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
        {
            yield return new ToolChunk { IsFinal = true };
            cancellation.Register(() => cancelled = true);
            await Task.Delay(Timeout.Infinite, cancellation);
        }
    }

    private async Task<RpcResult<ExecuteToolResponse>> ExecuteAsync(string tool, FakeCall? call = null, ToolRouter? router = null) =>
        await (router ?? Router()).ExecuteAsync(new ExecuteToolRequest { SessionId = "s", ToolName = tool }, call ?? new FakeCall());

    private ToolRouter Router(ToolSettings? settings = null)
    {
        var all = settings ?? ToolSettings.Default;
        return _router ??= new ToolRouter(
            _sessions, _hosts, new TelemetryHub(all, _clock), SessionLimits.Default, all, _clock, NullLogger<ToolRouter>.Instance);
    }
}
