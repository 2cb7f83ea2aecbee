using Snakepit.Tests.Grains.Support;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Grains;

public sealed class WatchPollTests : WatchRig
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);

    [Fact]
    public async Task What_no_stream_announced_is_found_and_the_interest_renewed()
    {
        await WatchedAsync();
        await CallAsync(Ask.Set("x", "1"));
        await PollAsync();
        Assert.Equal((2, 0), Listener.Heard.Last());
        Assert.Equal((1, true), (Watched.All.Single().Missed, Watched.All.Single().IsRenewalDue));
        await PollAsync();
        Assert.Equal(1, Watched.All.Single().Missed);
    }

    [Fact]
    public async Task What_a_stream_announced_is_not_found_again()
    {
        await WatchedAsync();
        await CallAsync(Ask.Set("x", "1"));
        await Stream.SayAsync(await EventAsync(1, 1));
        await PollAsync();
        Assert.Equal((1, 1), Listener.Heard.Last());
        Assert.Equal(0, Watched.All.Single().Missed);
    }

    [Fact]
    public async Task What_is_announced_a_little_after_the_question_was_not_missed()
    {
        await WatchedAsync();
        await CallAsync(Ask.Set("x", "1"));
        var poll = Poll.PollAsync(CancellationToken.None);
        Assert.Equal(Grace, await Clock.TimerSetAsync());
        await Stream.SayAsync(await EventAsync(1, 1));
        Clock.Advance(Grace);
        await poll.WaitAsync(Deadline);
        Assert.Equal(0, Watched.All.Single().Missed);
    }

    [Fact]
    public async Task A_stream_that_speaks_but_lags_gets_until_the_next_question()
    {
        await WatchedAsync();
        await CallAsync(Ask.Set("x", "1"));
        await CallAsync(Ask.Set("x", "2"));
        var poll = Poll.PollAsync(CancellationToken.None);
        await Clock.TimerSetAsync();
        await Stream.SayAsync(await EventAsync(1, 1));
        Clock.Advance(Grace);
        await poll.WaitAsync(Deadline);
        Assert.Equal((1, 1), Listener.Heard.Last());

        await PollAsync();
        Assert.Equal((3, 0), Listener.Heard.Last());
    }

    [Fact]
    public async Task A_last_look_waits_for_no_stream()
    {
        await WatchedAsync();
        await CallAsync(Ask.Set("x", "1"));
        await Poll.LookOnceMoreAsync(CancellationToken.None).WaitAsync(Deadline);
        Assert.Equal((2, 0), Listener.Heard.Last());
    }

    [Fact]
    public async Task A_session_that_is_gone_is_told_so_and_given_up()
    {
        await WatchedAsync();
        await CallAsync(Ask.CleanUp());

        // Its owner knew of no watcher and its log has gone, too: its last changes may still come by stream.
        await PollAsync();
        Assert.Equal(0, Listener.TimesEnded);
        await PollAsync();
        await Listener.Ended;
        await Stream.Subscriptions.Single().EndedInTime;
        Assert.Empty(Watched.All);
    }

    [Fact]
    public async Task A_session_made_anew_since_is_told_as_the_end_of_the_one_before()
    {
        await WatchedAsync();
        await CallAsync(Ask.CleanUp());
        Clock.Advance(TimeSpan.FromSeconds(1));
        await CallAsync(Ask.Register("x"));
        await PollAsync();
        await Listener.Ended;
        Assert.Empty(Watched.All);
    }

    [Fact]
    public async Task Watchers_of_a_session_that_is_gone_are_told_how_far_it_came_before_they_are_told_of_its_end()
    {
        await WatchedAsync();
        await TellOwnerAsync();
        await CallAsync(Ask.Set("x", "1"), Ask.Set("x", "2"), Ask.CleanUp());
        await PollAsync();
        await Listener.Ended;
        Assert.Equal((3, 0), Listener.Heard.Last());
        await Stream.Subscriptions.Single().EndedInTime;
        Assert.Empty(Watched.All);
    }

    [Fact]
    public async Task So_are_those_of_one_whose_name_has_been_taken_since()
    {
        await WatchedAsync();
        await TellOwnerAsync();
        await CallAsync(Ask.Set("x", "1"), Ask.CleanUp());
        Clock.Advance(TimeSpan.FromSeconds(1));
        await CallAsync(Ask.Register("x"), Ask.Set("x", "7"));
        await PollAsync();
        await Listener.Ended;
        Assert.Equal((2, 0), Listener.Heard.Last());
        Assert.Empty(Watched.All);
    }

    [Fact]
    public async Task So_are_they_as_soon_as_a_stream_says_that_its_name_has_been_taken()
    {
        await WatchedAsync();
        await TellOwnerAsync();
        await CallAsync(Ask.Set("x", "1"), Ask.CleanUp());
        Clock.Advance(TimeSpan.FromSeconds(1));
        await CallAsync(Ask.Register("x"));
        await Stream.SayAsync(await EventAsync(2, 1));
        await Listener.Ended;
        Assert.Equal((2, 0), Listener.Heard.Last());
    }

    [Fact]
    public async Task A_kept_log_that_cannot_be_read_is_asked_for_again()
    {
        await WatchedAsync();
        await TellOwnerAsync();
        await CallAsync(Ask.Set("x", "1"), Ask.CleanUp());
        Store.FailBefore(StoreVerb.ReadEndedLog, outcomeUnknown: false);
        await Assert.ThrowsAsync<Snakepit.Storage.StoreException>(PollAsync);
        Assert.Equal(0, Listener.TimesEnded);
        await PollAsync();
        await Listener.Ended;
        Assert.Equal((2, 0), Listener.Heard.Last());
    }

    [Fact]
    public async Task What_the_owner_has_not_confirmed_before_the_question_is_not_judged_by_its_answer()
    {
        var asking = new SyncPoint();
        Owner.Before = number => number == 1 ? asking.StopAsync() : Task.CompletedTask;
        var subscribing = SubscribeAsync();
        await asking.Reached;
        await Poll.PollAsync(CancellationToken.None).WaitAsync(Deadline);
        Assert.Equal((0, 0), (Store.Calls(StoreVerb.ReadEnds), Listener.TimesEnded));
        await CallAsync(Ask.Register("x"));
        asking.Continue();
        Assert.NotNull(await subscribing);
    }

    [Fact]
    public async Task One_question_is_for_all_watched_sessions_whose_owners_have_confirmed_it()
    {
        await WatchedAsync();
        var asked = Store.Calls(StoreVerb.ReadEnds);
        await PollAsync();
        Assert.Equal(asked + 1, Store.Calls(StoreVerb.ReadEnds));
    }

    [Fact]
    public async Task A_stream_that_missed_twice_is_subscribed_to_anew_and_only_then()
    {
        await WatchedAsync();
        await CallAsync(Ask.Set("x", "1"));
        await PollAsync();
        Assert.Single(Stream.Subscriptions);
        await CallAsync(Ask.Set("x", "2"));
        await PollAsync();
        await Stream.Subscriptions.First().EndedInTime;
        Assert.Equal(2, Stream.Subscriptions.Count);
        Assert.Same(Stream.Subscriptions.Last(), Assert.Single(Stream.Open));
        Assert.Equal(0, Watched.All.Single().Missed);
    }

    [Fact]
    public async Task While_a_stream_does_not_answer_it_is_not_asked_again()
    {
        await WatchedAsync();
        var subscribing = new SyncPoint();
        var asked = 0;
        Stream.BeforeSubscribing = () =>
        {
            asked++;
            return subscribing.StopAsync();
        };
        for (var value = 1; value <= 6; value++)
        {
            await CallAsync(Ask.Set("x", $"{value}"));
            await PollAsync();
        }

        await subscribing.Reached;
        subscribing.Continue();
        await Stream.Subscriptions.First().EndedInTime;
        await PollAsync();
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Every_two_seconds_it_asks_whatever_became_of_the_last_time()
    {
        await WatchedAsync();
        Store.FailBefore(StoreVerb.ReadEnds, new InvalidOperationException("bug"));
        await Poll.StartAsync(CancellationToken.None);
        Assert.Equal(Interval, await Clock.TimerSetAsync());
        Clock.Advance(Interval);
        var second = Store.StopBefore(StoreVerb.ReadEnds);
        while (Log.Warnings.IsEmpty)
        {
            await Task.Yield();
        }

        Clock.Advance(Interval);
        await second.Reached;
        second.Continue();
        await Poll.StopAsync(CancellationToken.None);
        Assert.EndsWith("bug", Assert.Single(Log.Warnings), StringComparison.Ordinal);
    }

    private async Task<Snakepit.Bridge.Subscription> WatchedAsync()
    {
        await CallAsync(Ask.Register("x"));
        return await SubscribedAsync();
    }

    private async Task PollAsync()
    {
        var poll = Poll.PollAsync(CancellationToken.None);
        await Clock.TimerSetAsync();
        Clock.Advance(Grace);
        await poll.WaitAsync(Deadline);
    }
}
