using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Watching;

/// <summary>Watches that begin and end while the session itself comes and goes.</summary>
public sealed class WatchRaceTests(SharedServer server)
{
    [Fact]
    public async Task A_session_that_is_made_again_and_again_is_watched_or_not_found_and_no_gap_shows()
    {
        var session = server.NewSession();
        await session.InitializeAsync();
        using var stop = new CancellationTokenSource();
        var watchers = Enumerable.Range(0, 6).Select(lane => Task.Run(async () =>
        {
            var started = 0;
            while (!stop.IsCancellationRequested)
            {
                using var watch = session.Watch(new WatchVariablesRequest { IncludeInitialValues = lane % 2 == 0 });
                started += await FollowAsync(watch, lane % 2 == 0);
            }

            return started;
        })).ToList();

        for (var round = 0; round < 60; round++)
        {
            await session.RegisterAsync("x", 0);
            await Task.WhenAll(Enumerable.Range(1, 5).Select(n => session.SetAsync("x", n)));
            await session.CleanUpAsync();
        }

        await stop.CancelAsync();
        Assert.Contains(await Task.WhenAll(watchers), started => started > 0);

        async Task<int> FollowAsync(WatchClient watch, bool snapshot)
        {
            long revision;
            try
            {
                revision = await watch.StartedAsync();
            }
            catch (RpcException refused)
            {
                Assert.Equal(new RpcStatus(RpcCode.NotFound, $"Session not found: {session.Id}"), refused.Status);
                return 0;
            }

            if (snapshot)
            {
                Assert.Equal(revision, (await watch.SnapshotAsync()).Heartbeat.Revision);
            }

            var end = await watch.EndAsync();
            Assert.Equal(new RpcStatus(RpcCode.Cancelled, $"session {session.Id} ended"), end.Status);
            Assert.Equal(Enumerable.Range(1, end.Rest.Count).Select(n => revision + n), end.Rest.Select(update => update.Revision));
            Assert.Equal(revision + end.Rest.Count, end.Revision);
            return 1;
        }
    }

    [Fact]
    public async Task Of_a_session_just_made_every_watch_tells_every_later_change()
    {
        for (var round = 0; round < 20; round++)
        {
            var session = server.NewSession();
            var making = session.InitializeAsync();
            var watching = Enumerable.Range(0, 4).Select(async _ =>
            {
                while (true)
                {
                    var watch = session.Watch(new WatchVariablesRequest());
                    try
                    {
                        await watch.StartedAsync();
                        return watch;
                    }
                    catch (RpcException refused) when (refused.Status.Code == RpcCode.NotFound)
                    {
                        // Not made yet.
                        watch.Dispose();
                    }
                }
            }).ToList();
            await making;

            foreach (var watch in await Task.WhenAll(watching))
            {
                var registered = await session.RegisterAsync($"x{Guid.NewGuid():N}");
                Assert.Equal(await watch.StartedAsync() + 1, (await watch.NextAsync("registered")).Revision);
                Assert.True((await session.DescribeAsync()).Revision >= registered.Revision);
                watch.Dispose();
            }
        }
    }

    [Fact]
    public async Task A_client_that_takes_nothing_for_too_long_is_ended_and_resumes_where_it_was()
    {
        await using var impatient = await ServerUnderTest.StartNewAsync(
            new ServerSettings { StallLimit = TimeSpan.FromSeconds(1) });
        using var client = new BridgeClient(impatient.Address);
        var session = client.NewSession();
        var start = (await session.RegisterAsync("x", Json.LargeString(1))).Revision;
        using var stalled = await session.WatchAsync();
        using var idle = await session.WatchAsync(new WatchVariablesRequest { UpdateTypes = { "deleted" } });
        for (var n = 0; n < 400; n++)
        {
            await session.SetAsync("x", Json.LargeString(20_000));
        }

        await Eventually.TrueAsync(
            async () => (await session.DescribeAsync()).WatcherCount == 1, "the stalled watcher is gone, the idle one is not");

        var end = await stalled.EndAsync();
        Assert.Equal(RpcCode.ResourceExhausted, end.Status.Code);
        Assert.Equal(Enumerable.Range(1, end.Rest.Count).Select(n => start + n), end.Rest.Select(update => update.Revision));
        using var resumed = await session.ResumeAsync(start + end.Rest.Count);
        for (var revision = start + end.Rest.Count + 1; revision <= start + 400; revision++)
        {
            Assert.Equal(revision, (await resumed.NextAsync("value_change")).Revision);
        }
    }

    [Fact]
    public async Task Of_sessions_of_one_name_made_one_after_the_other_each_watch_sees_its_own_to_the_end()
    {
        var session = server.NewSession();
        var lives = new List<(WatchClient Watch, long[] Revisions)>();
        for (var life = 0; life < 25; life++)
        {
            await session.RegisterAsync("x", 0);
            var watch = await session.WatchAsync();
            long[] revisions = [(await session.SetAsync("x", 1)).Revision, (await session.SetAsync("x", 2)).Revision];
            lives.Add((watch, revisions));
            await session.CleanUpAsync();
        }

        foreach (var (watch, revisions) in lives)
        {
            using (watch)
            {
                var end = await watch.EndAsync();
                Assert.Equal(revisions, end.Rest.Where(update => update.UpdateType != "heartbeat").Select(update => update.Revision));
                Assert.Equal(new RpcStatus(RpcCode.Cancelled, $"session {session.Id} ended"), end.Status);
                Assert.Equal(revisions[^1], end.Revision);
            }
        }
    }
}
