using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Watching;

/// <summary>A client that does not read for a while gets everything all the same, and slows nobody down.</summary>
public sealed class SlowReaderTests(SharedServer server)
{
    private const int Variables = 200;
    private const int Rounds = 30;

    [Fact]
    public async Task A_slow_reader_gets_thousands_of_updates_in_order_while_a_fast_one_keeps_up()
    {
        var session = server.NewSession();
        var names = await RegisterAsync(session);
        var start = (await session.DescribeAsync()).Revision;
        using var slow = await session.WatchAsync();
        using var slowAndPicky = await session.WatchAsync(names[7]);
        using var fast = await session.WatchAsync();

        for (var round = 1; round <= Rounds; round++)
        {
            await SetAllAsync(session, names, round);
            var kept = await fast.TakeAsync(Variables);
            Assert.Equal(start + (round * Variables), kept[^1].Revision);
        }

        await AssertRoundsAsync(slow, start, Rounds);
        var picked = await slowAndPicky.TakeAsync(Rounds);
        Assert.Equal(Enumerable.Range(1, Rounds), picked.Select(RoundOf));
    }

    [Fact]
    public async Task A_reader_that_stops_again_and_again_while_others_write_misses_and_repeats_nothing()
    {
        var session = server.NewSession();
        var names = await RegisterAsync(session);
        var start = (await session.DescribeAsync()).Revision;
        using var slow = await session.WatchAsync();
        var writing = Task.Run(async () =>
        {
            for (var round = 1; round <= Rounds; round++)
            {
                await SetAllAsync(session, names, round);
            }
        });

        // Reads in bursts, each after the writer has gone on a good way: now behind the log, now level with it.
        var revision = start;
        var end = start + (Rounds * Variables);
        for (var burst = 1; revision < end; burst++)
        {
            var ahead = Math.Min(end, revision + (burst * 700 % 2_500));
            await Eventually.TrueAsync(
                async () => (await session.DescribeAsync()).Revision >= ahead, "the writer has gone on");
            for (var n = 0; n < 900 && revision < end; n++)
            {
                Assert.Equal(++revision, (await slow.NextAsync("value_change")).Revision);
            }
        }

        await writing;
        var last = await session.SetAsync(names[0], Json.LargeString(3));
        Assert.Equal(last.Revision, (await slow.NextAsync("value_change")).Revision);
    }

    [Fact]
    public async Task A_slow_reader_of_the_log_from_far_back_rejoins_the_live_changes()
    {
        var session = server.NewSession();
        var names = await RegisterAsync(session);
        var start = (await session.DescribeAsync()).Revision;
        for (var round = 1; round <= 10; round++)
        {
            await SetAllAsync(session, names, round);
        }

        using var resumed = await session.ResumeAsync(start);
        for (var round = 11; round <= 20; round++)
        {
            await SetAllAsync(session, names, round);
        }

        await AssertRoundsAsync(resumed, start, 20);
        await SetAllAsync(session, names, 21);
        Assert.All(await resumed.TakeAsync(Variables), update => Assert.Equal(21, RoundOf(update)));
    }

    [Fact]
    public async Task A_session_made_again_can_be_watched_while_a_slow_reader_of_the_old_one_reads_that_to_its_end()
    {
        var session = server.NewSession();
        var names = await RegisterAsync(session);
        var start = (await session.DescribeAsync()).Revision;
        using var lingering = await session.WatchAsync();
        for (var round = 1; round <= Rounds; round++)
        {
            await SetAllAsync(session, names, round);
        }

        await session.CleanUpAsync();
        await session.RegisterAsync("x", 0);

        using var watch = await session.WatchAsync();
        var set = await session.SetAsync("x", 1);

        Assert.Equal(set.Revision, (await watch.NextAsync("value_change")).Revision);
        var end = await lingering.EndAsync();
        Assert.Equal(new RpcStatus(RpcCode.Cancelled, $"session {session.Id} ended"), end.Status);
        Assert.Equal(
            Enumerable.Range(1, Rounds * Variables).Select(n => start + n),
            end.Rest.Where(update => update.UpdateType != "heartbeat").Select(update => update.Revision));
    }

    private static async Task<string[]> RegisterAsync(SessionClient session)
    {
        var names = Enumerable.Range(0, Variables).Select(n => $"v{n}").ToArray();
        await Task.WhenAll(names.Select(name => session.RegisterAsync(name, Json.Of("string", "\"0 \""))));
        return names;
    }

    // Values of a size that no buffer on the way holds many of.
    private static Task<BatchSetVariablesResponse> SetAllAsync(SessionClient session, string[] names, int round)
    {
        var request = new BatchSetVariablesRequest { SessionId = session.Id, Atomic = true };
        foreach (var name in names)
        {
            request.Updates.Add(name, Json.Of("string", $"\"{round} {new string('x', 1_000)}\""));
        }

        return session.SetManyAsync(request);
    }

    private static int RoundOf(VariableUpdate update) =>
        int.Parse(update.NewText()[1..].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    private static async Task AssertRoundsAsync(WatchClient watch, long start, int rounds)
    {
        for (var n = 0; n < rounds * Variables; n++)
        {
            var update = await watch.NextAsync("value_change");
            Assert.Equal(start + n + 1, update.Revision);
            Assert.Equal((n / Variables) + 1, RoundOf(update));
        }
    }
}
