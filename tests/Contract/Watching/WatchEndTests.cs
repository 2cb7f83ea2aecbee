using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;
using Snakepit.Transport;

namespace Snakepit.Tests.Contract.Watching;

/// <summary>A watch ends with a reason and with the revision up to which it told everything; never with OK.</summary>
public sealed class WatchEndTests(SharedServer server)
{
    [Fact]
    public async Task When_the_session_is_cleaned_up_its_watches_end_after_their_last_change()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 0);
        var watches = new List<WatchClient>();
        for (var n = 0; n < 10; n++)
        {
            watches.Add(await session.WatchAsync(n % 2 == 0 ? [] : ["x"]));
        }

        var sets = await Task.WhenAll(Enumerable.Range(1, 50).Select(n => session.SetAsync("x", n)));
        await session.CleanUpAsync();

        foreach (var watch in watches)
        {
            var end = await watch.EndAsync();
            Assert.Equal(new RpcStatus(RpcCode.Cancelled, $"session {session.Id} ended"), end.Status);
            Assert.Equal(sets.Select(set => set.Revision).Order(), end.Rest.Select(update => update.Revision));
            Assert.Equal(end.Rest[^1].Revision, end.Revision);
            watch.Dispose();
        }
    }

    [Fact]
    public async Task When_the_session_is_cleaned_up_among_writers_what_was_told_is_a_whole_beginning_of_the_log()
    {
        for (var round = 0; round < 10; round++)
        {
            var session = server.NewSession();
            await session.RegisterAsync("x", 0);
            using var watch = await session.WatchAsync();
            var start = await watch.StartedAsync();
            var writers = Enumerable.Range(0, 4).Select(async _ =>
            {
                var highest = 0L;
                try
                {
                    for (var n = 0; ; n++)
                    {
                        highest = (await session.SetAsync("x", n)).Revision;
                    }
                }
                catch (RpcException ended)
                {
                    Assert.Equal(new RpcStatus(RpcCode.NotFound, $"Session not found: {session.Id}"), ended.Status);
                    return highest;
                }
            }).ToList();
            await watch.TakeAsync(20);

            await session.CleanUpAsync();

            var highest = (await Task.WhenAll(writers)).Max();
            var end = await watch.EndAsync();
            Assert.Equal(RpcCode.Cancelled, end.Status.Code);
            Assert.Equal(Enumerable.Range(21, end.Rest.Count).Select(n => start + n), end.Rest.Select(update => update.Revision));
            Assert.Equal(highest, end.Rest.Count == 0 ? start + 20 : end.Rest[^1].Revision);
            Assert.Equal(highest, end.Revision);
        }
    }

    [Fact]
    public async Task When_the_server_drains_watches_end_unavailable_and_resume_where_they_were()
    {
        await using var draining = await ServerUnderTest.StartNewAsync();
        using var client = new BridgeClient(draining.Address);
        var session = client.NewSession();
        await session.RegisterAsync("x", 0);
        using var watch = await session.WatchAsync();
        using var picky = await session.WatchAsync(new WatchVariablesRequest { UpdateTypes = { "deleted" } });
        var set = await session.SetAsync("x", 1);

        await draining.StopAsync();

        var end = await watch.EndAsync();
        Assert.Equal(RpcCode.Unavailable, end.Status.Code);
        Assert.Equal(set.Revision, Assert.Single(end.Rest).Revision);
        Assert.Equal(set.Revision, end.Revision);
        var filtered = await picky.EndAsync();
        Assert.Equal(RpcCode.Unavailable, filtered.Status.Code);
        Assert.Empty(filtered.Rest);

        await draining.StartAsync();
        using var again = new BridgeClient(draining.Address);
        using var resumed = await again.Session(session.Id).ResumeAsync(end.Revision!.Value);
        var next = await again.Session(session.Id).SetAsync("x", 2);
        Assert.Equal(set.Revision + 1, next.Revision);
        Assert.Equal((next.Revision, "1"), await RevisionAndOldAsync(resumed));
    }

    [Fact]
    public async Task When_the_server_drains_among_writers_the_trailer_says_how_far_the_watch_came()
    {
        await using var draining = await ServerUnderTest.StartNewAsync();
        using var client = new BridgeClient(draining.Address);
        var session = client.NewSession();
        await session.RegisterAsync("x", 0);
        var watches = new List<WatchClient>();
        for (var n = 0; n < 5; n++)
        {
            watches.Add(await session.WatchAsync());
        }

        var start = await watches[0].StartedAsync();
        var writers = Enumerable.Range(0, 4).Select(async _ =>
        {
            var answered = new List<long>();
            try
            {
                for (var n = 0; ; n++)
                {
                    answered.Add((await session.SetAsync("x", n)).Revision);
                }
            }
            catch (RpcException)
            {
                return answered;
            }
        }).ToList();
        await watches[0].TakeAsync(50);

        await draining.StopAsync();

        var written = (await Task.WhenAll(writers)).SelectMany(answered => answered).Max();
        await draining.StartAsync();
        using var again = new BridgeClient(draining.Address);
        var last = (await again.Session(session.Id).DescribeAsync()).Revision;
        Assert.True(last >= written, "a set that was answered is lost");
        foreach (var watch in watches)
        {
            var taken = ReferenceEquals(watch, watches[0]) ? 50 : 0;
            var end = await watch.EndAsync();
            Assert.Equal(RpcCode.Unavailable, end.Status.Code);
            Assert.Equal(
                Enumerable.Range(taken + 1, end.Rest.Count).Select(n => start + n), end.Rest.Select(update => update.Revision));
            Assert.Equal(start + taken + end.Rest.Count, end.Revision);
            using var resumed = await again.Session(session.Id).ResumeAsync(end.Revision!.Value);
            for (var revision = end.Revision.Value + 1; revision <= last; revision++)
            {
                Assert.Equal(revision, (await resumed.NextAsync("value_change")).Revision);
            }

            watch.Dispose();
        }
    }

    [Fact]
    public async Task Watchers_above_the_limit_are_refused_until_one_leaves()
    {
        await using var small = await ServerUnderTest.StartNewAsync(new ServerSettings { MaxWatchers = 2, Durable = false });
        using var client = new BridgeClient(small.Address);
        var session = client.NewSession();
        await session.RegisterAsync("x", 0);
        using var first = await session.WatchAsync();
        using var second = await session.WatchAsync();
        using var third = session.Watch(new WatchVariablesRequest());

        await third.StartedAsync().RefusedAsync(RpcCode.ResourceExhausted, "2 watchers");

        first.Dispose();
        await Eventually.TrueAsync(
            async () => (await session.DescribeAsync()).WatcherCount == 1, "the first watcher has left");
        using var fourth = await session.WatchAsync();
        await session.SetAsync("x", 1);
        await fourth.NextAsync("value_change");
        await second.NextAsync("value_change");
    }

    [Fact]
    public async Task Watches_that_come_and_go_among_writers_leave_nothing_behind()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 0);
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var n = 0; !stop.IsCancellationRequested; n++)
            {
                await session.SetAsync("x", n);
            }
        });

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async lane =>
        {
            for (var n = 0; n < 25; n++)
            {
                using var watch = session.Watch(new WatchVariablesRequest { IncludeInitialValues = n % 2 == 0 });
                if ((lane + n) % 3 > 0)
                {
                    await watch.NextAsync();
                }
            }
        }));

        await stop.CancelAsync();
        await writing;
        await Eventually.TrueAsync(
            async () => (await session.DescribeAsync()).WatcherCount == 0, "all watchers have left");
    }

    [Fact]
    public async Task A_watch_whose_deadline_passes_ends_with_it_and_leaves_no_watcher()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 0);

        // The first watch of a session may take the longest: the deadline is for the second one.
        using var first = await session.WatchAsync();
        using var stream = server.Client.Channel.Stream(
            $"/{BridgeClient.BridgeService}/WatchVariables",
            new WatchVariablesRequest { SessionId = session.Id },
            VariableUpdate.Parser,
            new RpcCallOptions { Timeout = TimeSpan.FromSeconds(3) });
        await stream.ResponseHeaders;

        await stream.ReadAsync().AsTask().RefusedAsync(RpcCode.DeadlineExceeded, "deadline");

        await Eventually.TrueAsync(
            async () => (await session.DescribeAsync()).WatcherCount == 1, "the second watcher has left");
    }

    private static async Task<(long Revision, string Old)> RevisionAndOldAsync(WatchClient watch)
    {
        var update = await watch.NextAsync("value_change");
        return (update.Revision, update.OldValue.Text());
    }
}
