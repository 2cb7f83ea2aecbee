using Snakepit.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Sessions;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Watching;

/// <summary>A session ends and another takes its name, and whoever watches the first has not been told.</summary>
public sealed class SucceededSessionTests : WatchTests
{
    private UnheardOwners? _owners;

    private UnheardOwners Owners => _owners ??= new UnheardOwners(new EmbeddedSessions(Sessions, Store));

    internal override ISessions NewSessions() => Owners;

    [Fact]
    public async Task A_watch_of_the_second_follows_that_one_and_the_watch_of_the_first_is_told_its_rest_and_its_end()
    {
        await OkAsync(Ask.Register("x"));
        var first = await WatchAsync();
        Owners.IsSilent = true;
        await SetAsync(1, 2);
        await MakeAgainAsync();
        Owners.IsSilent = false;

        var second = await WatchAsync();
        Assert.Equal(new RpcStatus(RpcCode.Cancelled, "session s ended"), await first.EndAsync());
        Assert.Equal([2, 3], await first.RevisionsAsync(2));
        Assert.Equal(0, first.Responses.Unread);
        Assert.Equal("3", first.Trailer);

        await SetAsync(1, 1);
        Assert.Equal([5], await second.RevisionsAsync(1));
        Assert.False(second.Status.IsCompleted);
    }

    [Fact]
    public async Task A_watch_that_begins_while_the_log_of_the_first_cannot_be_read_is_refused_and_the_first_goes_on()
    {
        await OkAsync(Ask.Register("x"));
        var first = await WatchAsync();
        Owners.IsSilent = true;
        await SetAsync(1, 1);
        await MakeAgainAsync();
        Owners.IsSilent = false;

        Store.FailBefore(StoreVerb.ReadEndedLog, outcomeUnknown: false);
        Assert.Equal(RpcCode.Unavailable, (await Watch(Ask.Watch()).EndAsync()).Code);
        Assert.False(first.Status.IsCompleted);
        await WatchAsync();
        await first.EndAsync();
        Assert.Equal([2], await first.RevisionsAsync(1));
    }

    [Fact]
    public async Task A_watch_whose_owner_closes_before_that_hears_nothing_of_the_second()
    {
        Policy = Policy with { WatchersReturnWithin = TimeSpan.FromMinutes(1) };
        await OkAsync(Ask.Register("x"));
        var first = await WatchAsync();
        var subscribing = Owners.HoldSubscriptions();
        Store.FailAfter(StoreVerb.Append);
        await RefusedAsync(RefusalKind.Unavailable, Ask.Set("x", "1"));
        await MakeAgainAsync();
        subscribing.SetResult();

        Assert.Equal(new RpcStatus(RpcCode.Cancelled, "session s ended"), await first.EndAsync());
        Assert.Equal([2], await first.RevisionsAsync(1));
        Assert.Equal(0, first.Responses.Unread);
        Assert.Equal("2", first.Trailer);
    }

    [Fact]
    public async Task An_owner_that_answers_for_the_first_is_asked_again_until_it_knows_of_the_second()
    {
        await OkAsync(Ask.Register("x"));
        var standing = await WatchAsync();
        Owners.LateOwners = 2;
        var watch = Watch(Ask.Watch());
        for (var answer = 0; answer < 2; answer++)
        {
            await Clock.TimerSetAsync();
            Clock.Advance(TimeSpan.FromMilliseconds(200));
        }

        await watch.Responses.Started;
        await SetAsync(1, 1);
        Assert.Equal([2], await watch.RevisionsAsync(1));
        Assert.Equal([2], await standing.RevisionsAsync(1));
    }

    [Fact]
    public async Task One_that_never_does_is_not_asked_for_ever()
    {
        await OkAsync(Ask.Register("x"));
        await WatchAsync();
        Owners.LateOwners = int.MaxValue;
        var watch = Watch(Ask.Watch());
        await Clock.TimerSetAsync();
        Clock.Advance(Watching.LogPatience + TimeSpan.FromMilliseconds(1));
        Assert.Equal(
            new RpcStatus(RpcCode.Unavailable, "an owner of session s answers for one that has ended"), await watch.EndAsync());
    }

    private async Task MakeAgainAsync()
    {
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        await OkAsync(Ask.CleanUp(), Ask.Register("x"));
    }
}
