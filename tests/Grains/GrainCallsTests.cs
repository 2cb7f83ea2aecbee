using System.Net.Sockets;
using Google.Protobuf;
using Snakepit.Grains;
using Snakepit.GrpcGateway.Cluster;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Tests.Grains.Support;
using Snakepit.Tests.Storage;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Grains;

public sealed class GrainCallsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly ManualClock _clock = new();
    private readonly ISessionGrain _grain = new FakeSessionGrain();
    private readonly ToldWarnings _log = new();
    private int _asked;

    public static TheoryData<string> Troubles => ["orleans", "timeout", "io", "socket"];

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task A_cluster_in_trouble_is_asked_again_until_it_answers(string trouble)
    {
        var answer = Ask(() => _asked < 3 ? throw TroubleOf(trouble) : Pong());
        await PauseAsync(10);
        Assert.IsType<PingResponse>((await answer).Value);
        Assert.Equal(3, _asked);
    }

    [Fact]
    public async Task A_session_that_has_moved_is_asked_for_again_until_its_owner_answers()
    {
        var answer = Ask(() => _asked < 4 ? SessionReply.Moved : Pong());
        await PauseAsync(10);
        await PauseAsync(20);
        Assert.IsType<PingResponse>((await answer).Value);
        Assert.Equal(4, _asked);
    }

    [Fact]
    public async Task What_does_not_answer_in_time_is_unavailable_and_only_the_log_has_the_words_of_the_cause()
    {
        var answer = Ask(() => throw new TimeoutException($"silence {_asked}"));
        foreach (var pause in (int[])[10, 20, 40, 80, 160, 320, 500, 500])
        {
            Assert.False(answer.IsCompleted);
            await PauseAsync(pause);
        }

        Assert.Equal(
            Refusal.Unavailable("the session could not be reached for 2 s; whether the call had an effect is unknown: its silo does not answer"),
            (await answer).Refusal);
        Assert.EndsWith(": silence 10", Assert.Single(_log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_an_answer()
    {
        var answer = await Ask(() => SessionReply.Of(Refusal.Unavailable("disk on fire")));
        Assert.Equal(Refusal.Unavailable("disk on fire"), answer.Refusal);
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task A_fault_of_the_grain_is_not_asked_for_twice()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => Ask(() => throw new InvalidOperationException("bug")));
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task A_caller_that_leaves_is_not_asked_for_again()
    {
        using var caller = new CancellationTokenSource();
        var answer = Ask(() => SessionReply.Moved, caller.Token);
        await _clock.TimerSetAsync();
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task A_caller_that_left_while_the_cluster_was_in_trouble_has_left()
    {
        using var caller = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Ask(
            () =>
            {
                caller.Cancel();
                throw new TimeoutException("silence");
            },
            caller.Token));
        Assert.Equal(1, _asked);
    }

    private static SessionReply Pong() => SessionReply.Of(Outcome.Of<IMessage>(new PingResponse()));

    private static Exception TroubleOf(string kind) => kind switch
    {
        "orleans" => new OrleansException("rejected"),
        "timeout" => new TimeoutException(),
        "io" => new IOException(),
        _ => new SocketException(),
    };

    private Task<Outcome<IMessage>> Ask(Func<SessionReply> reply, CancellationToken cancellation = default) =>
        new GrainCalls(Patience, _clock, _log).AskAsync(
            _grain,
            reply,
            (_, question, _) =>
            {
                _asked++;
                return new(question());
            },
            cancellation).AsTask().WaitAsync(Deadline, CancellationToken.None);

    private async Task PauseAsync(int milliseconds)
    {
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), await _clock.TimerSetAsync());
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
    }
}
