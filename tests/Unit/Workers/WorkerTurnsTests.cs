using Snakepit.Bridge.Tools;
using Snakepit.Bridge.Tools.Workers;
using Snakepit.Protocol.Rpc;
using Snakepit.Sidecar.Workers;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Workers;

public sealed class WorkerTurnsTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ManualClock _clock = new();

    [Fact]
    public async Task A_call_takes_the_worker_with_the_fewest_calls()
    {
        var turns = Turns(calls: 2);
        var (one, other) = (Serving(turns, "one", capacity: 2), Serving(turns, "other", capacity: 2));
        var taken = new List<PoolWorker>();
        for (var call = 0; call < 4; call++)
        {
            taken.Add((await turns.TakeAsync("", Minute, default)).Worker);
        }

        Assert.Equal([one, other, one, other], taken);
    }

    [Fact]
    public async Task Who_waits_is_called_in_the_order_of_arrival()
    {
        var turns = Turns();
        Serving(turns, "one");
        var turn = await turns.TakeAsync("", Minute, default);
        var waiting = Enumerable.Range(0, 5).Select(_ => turns.TakeAsync("", Minute, default)).ToList();
        foreach (var next in waiting)
        {
            Assert.False(next.IsCompleted);
            turn.Dispose();
            turn = await Within(next);
        }

        Assert.Equal(0, turns.Waiting);
    }

    [Fact]
    public async Task A_worker_that_comes_up_serves_who_waited_for_any()
    {
        var turns = Turns();
        var waiting = turns.TakeAsync("s", Minute, default);
        var worker = Serving(turns, "one");
        Assert.Same(worker, (await Within(waiting)).Worker);
    }

    [Fact]
    public async Task Under_hint_a_session_goes_to_its_last_worker_if_it_is_free_else_to_another()
    {
        var turns = Turns();
        Serving(turns, "one");
        Serving(turns, "two");
        var first = await turns.TakeAsync("s", Minute, default);
        var other = await turns.TakeAsync("s", Minute, default);
        Assert.NotSame(first.Worker, other.Worker);
        first.Dispose();
        other.Dispose();
        for (var call = 0; call < 3; call++)
        {
            using var again = await turns.TakeAsync("s", Minute, default);
            Assert.Same(other.Worker, again.Worker);
        }
    }

    [Fact]
    public async Task Under_strict_queue_a_session_waits_for_its_worker_though_another_is_free()
    {
        var turns = Turns(WorkerAffinity.StrictQueue);
        Serving(turns, "one");
        Serving(turns, "two");
        var first = await turns.TakeAsync("s", Minute, default);
        var second = turns.TakeAsync("s", Minute, default);
        Assert.False(second.IsCompleted);
        using var stranger = await turns.TakeAsync("t", Minute, default);
        Assert.NotSame(first.Worker, stranger.Worker);
        first.Dispose();
        Assert.Same(first.Worker, (await Within(second)).Worker);
    }

    [Fact]
    public async Task Under_strict_queue_two_first_calls_that_waited_together_share_one_worker()
    {
        var turns = Turns(WorkerAffinity.StrictQueue);
        var (one, other) = (turns.TakeAsync("s", Minute, default), turns.TakeAsync("s", Minute, default));
        var worker = Serving(turns, "one");
        Serving(turns, "two");
        Assert.False(other.IsCompleted);
        (await Within(one)).Dispose();
        Assert.Same(worker, (await Within(other)).Worker);
    }

    [Fact]
    public async Task Under_strict_fail_fast_a_busy_worker_refuses_its_session_at_once()
    {
        var turns = Turns(WorkerAffinity.StrictFailFast);
        Serving(turns, "one");
        Serving(turns, "two");
        using var first = await turns.TakeAsync("s", Minute, default);
        var refusal = await RefusedAsync(turns.TakeAsync("s", Minute, default));
        Assert.Equal(RpcCode.ResourceExhausted, refusal.Code);
        Assert.StartsWith("worker_busy: one", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WorkerAffinity.StrictQueue)]
    [InlineData(WorkerAffinity.StrictFailFast)]
    public async Task A_strict_session_is_told_once_that_its_worker_has_ended(WorkerAffinity affinity)
    {
        var turns = Turns(affinity);
        var one = Serving(turns, "one");
        (await turns.TakeAsync("s", Minute, default)).Dispose();
        var two = Serving(turns, "two");
        turns.Remove(one);
        var refusal = await RefusedAsync(turns.TakeAsync("s", Minute, default));
        Assert.Equal(RpcCode.Aborted, refusal.Code);
        Assert.StartsWith("session_worker_unavailable: one", refusal.Message, StringComparison.Ordinal);
        Assert.Same(two, (await turns.TakeAsync("s", Minute, default)).Worker);
    }

    [Fact]
    public async Task Who_waits_for_a_worker_and_no_other_is_refused_when_it_ends()
    {
        var turns = Turns(WorkerAffinity.StrictQueue);
        var one = Serving(turns, "one");
        using var first = await turns.TakeAsync("s", Minute, default);
        var waiting = turns.TakeAsync("s", Minute, default);
        turns.Remove(one);
        Assert.Equal(RpcCode.Aborted, (await RefusedAsync(waiting)).Code);
        Assert.Equal(0, turns.Waiting);
    }

    [Fact]
    public async Task Under_hint_the_end_of_a_worker_is_no_matter()
    {
        var turns = Turns();
        var one = Serving(turns, "one");
        (await turns.TakeAsync("s", Minute, default)).Dispose();
        turns.Remove(one);
        var two = Serving(turns, "two");
        Assert.Same(two, (await turns.TakeAsync("s", Minute, default)).Worker);
    }

    [Fact]
    public async Task A_full_queue_refuses_and_takes_more_once_one_has_left()
    {
        var turns = Turns(queue: 2);
        using var cancellation = new CancellationTokenSource();
        var leaves = turns.TakeAsync("", Minute, cancellation.Token);
        _ = turns.TakeAsync("", Minute, default);
        var refusal = await RefusedAsync(turns.TakeAsync("", Minute, default));
        Assert.Equal(RpcCode.ResourceExhausted, refusal.Code);
        Assert.Contains("pool queue full", refusal.Message, StringComparison.Ordinal);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Within(leaves));
        Assert.False(turns.TakeAsync("", Minute, default).IsCompleted);
        Assert.Equal(2, turns.Waiting);
    }

    [Fact]
    public async Task The_queue_has_a_time_limit_of_its_own_and_the_calls_deadline_holds_in_it()
    {
        var turns = Turns();
        var patient = turns.TakeAsync("", Minute, default);
        var hurried = turns.TakeAsync("", TimeSpan.FromSeconds(2), default);
        _clock.Advance(TimeSpan.FromSeconds(2));
        var late = await RefusedAsync(hurried);
        Assert.Equal(RpcCode.DeadlineExceeded, late.Code);
        Assert.Contains("in the queue", late.Message, StringComparison.Ordinal);
        Assert.False(patient.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(8));
        var refusal = await RefusedAsync(patient);
        Assert.Equal(RpcCode.Unavailable, refusal.Code);
        Assert.StartsWith("queue_timeout:", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, turns.Waiting);
    }

    [Fact]
    public async Task A_suspended_worker_gets_no_call_until_an_answer_to_a_question_asked_after_the_last_doubt()
    {
        var turns = Turns();
        var worker = Serving(turns, "one");
        var asked = turns.DoubtsOf(worker);
        turns.Suspend(worker);
        var waiting = turns.TakeAsync("", Minute, default);
        turns.Serve(worker, asked);
        Assert.False(waiting.IsCompleted);
        turns.Serve(worker, turns.DoubtsOf(worker));
        Assert.Same(worker, (await Within(waiting)).Worker);
    }

    [Fact]
    public void A_removed_worker_never_comes_back()
    {
        var turns = Turns();
        var worker = Serving(turns, "one");
        turns.Remove(worker);
        turns.Serve(worker);
        Assert.False(turns.TakeAsync("", Minute, default).IsCompleted);
    }

    [Fact]
    public async Task Draining_refuses_who_waits_and_ends_with_the_last_call()
    {
        var turns = Turns();
        Serving(turns, "one");
        var inFlight = await turns.TakeAsync("", Minute, default);
        var waiting = turns.TakeAsync("", Minute, default);
        var drained = turns.DrainAsync();
        Assert.Equal(RpcCode.Unavailable, (await RefusedAsync(waiting)).Code);
        Assert.Equal(RpcCode.Unavailable, (await RefusedAsync(turns.TakeAsync("", Minute, default))).Code);
        Assert.False(drained.IsCompleted);
        inFlight.Dispose();
        await Within(drained);
    }

    [Fact]
    public async Task A_forgotten_session_takes_any_worker()
    {
        var turns = Turns(WorkerAffinity.StrictFailFast);
        Serving(turns, "one");
        Serving(turns, "two");
        using var first = await turns.TakeAsync("s", Minute, default);
        _clock.Advance(TimeSpan.FromHours(1));
        using var second = await turns.TakeAsync("s", Minute, default);
        Assert.NotSame(first.Worker, second.Worker);
    }

    /// <summary>Every interleaving of calls that come, leave, give up and workers that come and go keeps the count.</summary>
    [Theory]
    [InlineData(WorkerAffinity.Hint)]
    [InlineData(WorkerAffinity.StrictQueue)]
    public async Task No_turn_is_lost_or_given_twice_in_a_crowd(WorkerAffinity affinity)
    {
        var turns = Turns(affinity, queue: 100_000);
        var workers = Enumerable.Range(0, 4).Select(number => Serving(turns, $"w{number}")).ToList();
        var busy = new int[workers.Count];
        var ran = 0;
        var gaveUp = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 20_000), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (call, _) =>
        {
            using var cancellation = new CancellationTokenSource();
            var taking = turns.TakeAsync($"s{call % 7}", Minute, cancellation.Token);
            if (call % 3 == 0)
            {
                await cancellation.CancelAsync();
            }

            try
            {
                using var turn = await taking;
                var worker = workers.IndexOf(turn.Worker);
                Assert.Equal(1, Interlocked.Increment(ref busy[worker]));
                await Task.Yield();
                Interlocked.Decrement(ref busy[worker]);
                Interlocked.Increment(ref ran);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref gaveUp);
            }
        });
        Assert.Equal(20_000, ran + gaveUp);
        Assert.Equal((0, 0), (turns.Waiting, workers.Sum(worker => worker.InFlight)));
    }

    private WorkerTurns Turns(WorkerAffinity affinity = WorkerAffinity.Hint, int calls = 1, int queue = 1_000) => new(
        new WorkerPoolOptions { Command = ["none"], Affinity = affinity, CallsPerWorker = calls, MaxWaitingCalls = queue },
        _clock);

    private PoolWorker Serving(WorkerTurns turns, string name, int capacity = 1)
    {
        var worker = new PoolWorker(name, 1, capacity, new WorkerChannel("127.0.0.1:1", ToolSettings.Default, _clock), new CallTally());
        turns.Serve(worker);
        return worker;
    }

    private static async Task<RpcStatus> RefusedAsync(Task<Turn> taking) =>
        (await Assert.ThrowsAsync<RpcException>(() => Within(taking))).Status;

    private static Task Within(Task task) => task.WaitAsync(TimeSpan.FromSeconds(10));

    private static Task<Turn> Within(Task<Turn> task) => task.WaitAsync(TimeSpan.FromSeconds(10));
}
