using Snakepit.Storage.Hosting;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Hosting;

/// <summary>Whose log stays when its session ends.</summary>
public sealed class WatchedEndTests : HostTests
{
    private static readonly TimeSpan Return = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_log_of_a_watched_session_stays_behind_its_end_until_its_time_has_passed()
    {
        await OkAsync(Ask.Register("x"));
        Assert.NotNull((await HostAsync()).TrySubscribe(new OneWatcher()));
        var createdAt = (await Store.ReadEndsAsync([Key], default))[0]!.CreatedAt;
        await OkAsync(Ask.CleanUp());
        Assert.Equal(Clock.GetUtcNow() + Policy.EndedLogLasts, Assert.Single(Store.KeptUntil));

        Clock.Advance(Policy.EndedLogLasts - TimeSpan.FromSeconds(1));
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.Equal(1, (await Store.ReadEndedLogAsync(Key, createdAt, 0, 1_000, default))!.LastRevision);
        Clock.Advance(TimeSpan.FromMinutes(1));
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.Null(await Store.ReadEndedLogAsync(Key, createdAt, 0, 1_000, default));
    }

    [Fact]
    public async Task That_of_a_session_that_nobody_watches_goes_with_it()
    {
        await OkAsync(Ask.Register("x"));
        var watcher = new OneWatcher();
        var host = await HostAsync();
        host.TrySubscribe(watcher);
        host.Unsubscribe(watcher);
        await OkAsync(Ask.CleanUp());
        Assert.Null(Assert.Single(Store.KeptUntil));
    }

    [Fact]
    public async Task A_session_that_was_loaded_lately_may_have_watchers_that_have_not_been_heard_of_yet()
    {
        Policy = new HostPolicy { WatchersReturnWithin = Return };
        await OkAsync(Ask.Register("x"));
        Crash();
        await OkAsync(Ask.Get("x"));
        Clock.Advance(Return - TimeSpan.FromSeconds(1));
        await OkAsync(Ask.CleanUp());
        Assert.NotNull(Assert.Single(Store.KeptUntil));
    }

    [Fact]
    public async Task One_whose_watchers_would_have_been_heard_of_by_now_has_none()
    {
        Policy = new HostPolicy { WatchersReturnWithin = Return };
        await OkAsync(Ask.Register("x"));
        Crash();
        await OkAsync(Ask.Get("x"));
        Clock.Advance(Return);
        await OkAsync(Ask.CleanUp());
        Assert.Null(Assert.Single(Store.KeptUntil));
    }

    [Fact]
    public async Task Nor_has_one_that_was_made_here()
    {
        Policy = new HostPolicy { WatchersReturnWithin = Return };
        await OkAsync(Ask.Register("x"), Ask.CleanUp());
        Assert.Null(Assert.Single(Store.KeptUntil));
    }

    [Fact]
    public async Task Nor_has_one_that_has_expired()
    {
        Policy = new HostPolicy { WatchersReturnWithin = Return };
        await OkAsync(Ask.Register("x"));
        await LeaveMemoryAsync();
        Clock.Advance(TimeSpan.FromDays(1));
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.Equal(0, Store.Count);
        Assert.Null(Assert.Single(Store.KeptUntil));
    }

    [Fact]
    public async Task A_store_that_cannot_purge_is_told_of_and_asked_again_in_a_minute()
    {
        Store.FailBefore(StoreVerb.Purge, outcomeUnknown: false);
        for (var second = 0; second <= 120; second += 10)
        {
            Clock.Advance(TimeSpan.FromSeconds(10));
            await Sessions.SweepAsync(CancellationToken.None);
        }

        Assert.Single(Failures);
        Assert.Equal(2, Store.Calls(StoreVerb.Purge));
    }
}
