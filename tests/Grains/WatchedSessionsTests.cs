using Snakepit.Storage;
using Snakepit.Tests.Grains.Support;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Grains;

public sealed class WatchedSessionsTests : WatchRig
{
    [Fact]
    public async Task A_watch_begins_where_the_session_stands_once_its_stream_is_heard()
    {
        await CallAsync(Ask.Register("x"));
        var subscribing = new SyncPoint();
        Stream.BeforeSubscribing = subscribing.StopAsync;
        var subscription = SubscribeAsync();
        await subscribing.Reached;
        await CallAsync(Ask.Set("x", "1"));
        subscribing.Continue();
        Assert.NotNull(await subscription);
        Assert.Equal([(2, 0)], Listener.Heard);
        Assert.Equal((1, 1), ((await Owner.NextInterestAsync()).Watchers, (await Owner.NextInterestAsync()).Watchers));
        await Stream.SayAsync(await EventAsync(2, 1));
        Assert.Equal((2, 1), Listener.Heard.Last());
    }

    [Fact]
    public async Task A_session_that_is_not_there_leaves_neither_a_stream_nor_an_interest()
    {
        Assert.Null(await SubscribeAsync());
        Assert.Equal(1, (await Owner.NextInterestAsync()).Watchers);
        Assert.Equal(0, (await Owner.NextInterestAsync()).Watchers);
        Assert.Empty(Stream.Open);
        Assert.Empty(Watched.All);
        Assert.Equal(0, Listener.TimesEnded);
    }

    [Fact]
    public async Task A_listener_of_an_earlier_session_of_the_name_hears_nothing_of_this_one()
    {
        await CallAsync(Ask.Register("x"));
        Listener.IsOfAnotherSession = true;
        Assert.Null(await SubscribeAsync());
        await WithdrawnAsync();
        Assert.Empty(Stream.Open);
        Assert.Empty(Watched.All);
        Assert.Empty(Listener.Heard);
    }

    [Fact]
    public async Task A_session_that_ends_while_its_stream_is_subscribed_to_leaves_nothing()
    {
        await CallAsync(Ask.Register("x"));
        var subscribing = new SyncPoint();
        Stream.BeforeSubscribing = subscribing.StopAsync;
        var subscription = SubscribeAsync();
        await subscribing.Reached;
        await CallAsync(Ask.CleanUp());
        subscribing.Continue();
        Assert.Null(await subscription);
        await Stream.Subscriptions.Single().EndedInTime;
        Assert.Empty(Watched.All);
    }

    [Fact]
    public async Task A_stream_that_hangs_holds_a_watch_up_for_two_seconds_and_is_left_with_it()
    {
        await CallAsync(Ask.Register("x"));
        var subscribing = new SyncPoint();
        Stream.BeforeSubscribing = subscribing.StopAsync;
        var subscribed = SubscribeAsync();
        Assert.Equal(TimeSpan.FromSeconds(2), await Clock.TimerSetAsync());
        Clock.Advance(TimeSpan.FromSeconds(2));
        var subscription = await subscribed;
        Assert.Equal([(1, 0)], Listener.Heard);
        subscription!.Cancel();
        subscribing.Continue();
        await WithdrawnAsync();
        await Stream.Subscriptions.Single().EndedInTime;
    }

    [Fact]
    public async Task A_stream_that_fails_is_logged_and_the_watch_begins()
    {
        await CallAsync(Ask.Register("x"));
        Stream.BeforeSubscribing = () => Task.FromException(new TimeoutException("no queue"));
        await SubscribedAsync();
        Assert.Equal([(1, 0)], Listener.Heard);
        Assert.EndsWith("no queue", Assert.Single(Log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_watcher_that_leaves_withdraws_the_interest_and_leaves_the_stream()
    {
        await CallAsync(Ask.Register("x"));
        (await SubscribedAsync()).Cancel();
        await WithdrawnAsync();
        Assert.Empty(Stream.Open);
        Assert.Empty(Watched.All);
    }

    [Fact]
    public async Task A_watcher_that_leaves_while_the_next_one_joins_does_not_withdraw_its_interest()
    {
        await CallAsync(Ask.Register("x"));
        var first = await SubscribedAsync();
        await Owner.NextInterestAsync();
        await Owner.NextInterestAsync();
        var withdrawing = new SyncPoint();
        Owner.Before = number => number == 3 ? withdrawing.StopAsync() : Task.CompletedTask;
        first.Cancel();
        await withdrawing.Reached;
        var withdrawn = await Owner.NextInterestAsync();
        var next = new FakeListener { WatcherCount = 2 };
        await SubscribedAsync(next);
        withdrawing.Continue();
        var newer = await Owner.NextInterestAsync();
        Assert.Equal((0, 2), (withdrawn.Watchers, newer.Watchers));
        Assert.True(withdrawn.Sequence < newer.Sequence);
        await Stream.SayAsync(await EventAsync(1, 1));
        Assert.Contains((1, 1), next.Heard);
    }

    [Fact]
    public async Task One_that_another_has_taken_the_place_of_leaves_its_stream_and_not_the_others_interest()
    {
        await CallAsync(Ask.Register("x"));
        var first = await SubscribedAsync();
        var next = new FakeListener { WatcherCount = 2 };
        await SubscribedAsync(next);
        for (var i = 0; i < 4; i++)
        {
            await Owner.NextInterestAsync();
        }

        first.Cancel();
        await Stream.Subscriptions.First().EndedInTime;
        Assert.Equal(2, (await Owner.NextInterestAsync()).Watchers);
        Assert.Same(Stream.Subscriptions.Last(), Assert.Single(Stream.Open));
        Assert.Equal(2, Assert.Single(Watched.All).Watchers);
    }

    [Fact]
    public async Task To_leave_twice_is_to_leave_once()
    {
        await CallAsync(Ask.Register("x"));
        var subscription = await SubscribedAsync();
        subscription.Cancel();
        await WithdrawnAsync();
        subscription.Cancel();
        await CallAsync(Ask.Set("x", "1"));
        await SubscribedAsync();
        Assert.Equal(5, Owner.Announced);
    }

    [Fact]
    public async Task An_owner_that_cannot_be_reached_is_told_and_leaves_nothing()
    {
        await CallAsync(Ask.Register("x"));
        Owner.HasMoved = true;
        await Assert.ThrowsAsync<StoreException>(() => SubscribeAsync());
        Assert.Empty(Watched.All);
        Owner.HasMoved = false;
        await SubscribedAsync();
    }

    [Fact]
    public async Task One_who_leaves_before_the_owner_answers_leaves_nothing()
    {
        await CallAsync(Ask.Register("x"));
        using var caller = new CancellationTokenSource();
        Owner.Before = number => number == 1 ? Task.FromException(new OperationCanceledException()) : Task.CompletedTask;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SubscribeAsync(cancellation: caller.Token));
        Assert.Empty(Watched.All);
        Assert.Equal((1, 0), ((await Owner.NextInterestAsync()).Watchers, (await Owner.NextInterestAsync()).Watchers));
    }

    [Fact]
    public async Task That_a_watcher_has_left_is_to_be_told_to_the_owner_soon()
    {
        await CallAsync(Ask.Register("x"));
        var subscription = await SubscribedAsync();
        Assert.False(Watched.All.Single().IsRenewalDue);
        subscription.WatcherLeft!();
        Assert.True(Watched.All.Single().IsRenewalDue);
    }

    private async Task WithdrawnAsync()
    {
        while ((await Owner.NextInterestAsync()).Watchers > 0)
        {
        }
    }
}
