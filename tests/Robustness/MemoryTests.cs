using System.Globalization;
using Snakepit.Protocol.Bridge;
using Snakepit.Tests.Robustness.Load;
using Snakepit.Tests.Robustness.Support;

namespace Snakepit.Tests.Robustness;

/// <summary>What is not in use costs no memory, and a slow reader costs a bounded amount.</summary>
public sealed class MemoryTests
{
    private const int VariableCount = 1_000;
    private const int SilentWatchers = 20;

    /// <summary>Of the server's growth. What the silent watchers have not read is four times as much.</summary>
    private const long Bound = 200L * 1024 * 1024;

    [Fact]
    public async Task Sessions_that_nobody_uses_leave_memory_and_come_back()
    {
        const int Sessions = 2_000;
        using var folder = new TempFolder();
        await using var server = await ServerProcess.StartAsync(folder.At("data"), "--idle", "500ms");
        var client = server.Client;
        await ForEachAsync(Sessions, i => client.RegisterAsync($"s{i}", "x", $"value {i}"));
        var stored = await Deadlines.UntilAsync(
            "the leave of all sessions", client.SessionsAsync, sessions => sessions.All(session => !session.Active));
        Assert.Equal(Sessions, stored.Count);
        await ForEachAsync(Sessions, async i => Assert.Equal($"value {i}", await client.GetAsync($"s{i}", "x")));
        await Deadlines.UntilAsync(
            "the leave of all sessions", client.SessionsAsync, sessions => sessions.All(session => !session.Active));
    }

    [Fact]
    public async Task Watchers_that_do_not_read_cost_little_and_then_miss_nothing()
    {
        const int Rounds = 100;
        using var folder = new TempFolder();
        await using var server = await ServerProcess.StartAsync(folder.At("data"), SessionLoad.ServerOptions);
        var client = server.Client;
        await RegisterAsync(client);
        await SetRoundsAsync(client, first: 0, count: 10);
        var start = (await client.DescribeAsync("s")).Revision;
        var before = server.ResidentBytes;

        using var silent = new BridgeClient(server.Port);
        var watches = Enumerable.Range(0, SilentWatchers)
            .Select(_ => silent.Watch(new WatchVariablesRequest { SessionId = "s" }))
            .ToList();
        await Task.WhenAll(watches.Select(watch => watch.ResponseHeaders)).Within("the watches' headers");
        var most = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            await SetRoundsAsync(client, first: 10 + round, count: 1);
            most = Math.Max(most, server.ResidentBytes);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"resident: {before >> 20} MiB before, at most {most >> 20} MiB");
        Assert.InRange(most - before, long.MinValue, Bound);
        for (var revision = start + 1; revision <= start + (Rounds * VariableCount); revision++)
        {
            var update = await watches[0].ReadAsync().AsTask().Within($"revision {revision}");
            if (update!.UpdateType == Changes.Heartbeat)
            {
                revision = update.Revision;
                continue;
            }

            Assert.Equal(revision, Changes.Of(update).Revision);
        }

        watches.ForEach(watch => watch.Dispose());
        await Deadlines.UntilAsync("the end of the watches", () => client.DescribeAsync("s"), session => session.WatcherCount == 0);
    }

    [Fact]
    public async Task A_watcher_that_stays_too_far_behind_is_told_and_given_the_present_values()
    {
        const int Rounds = 40;
        using var folder = new TempFolder();
        await using var server = await ServerProcess.StartAsync(
            folder.At("data"), "--replayable-changes", "1000", "--history-limit", "1");
        var client = server.Client;
        await RegisterAsync(client);
        var start = (await client.DescribeAsync("s")).Revision;
        using var slow = new BridgeClient(server.Port);
        using var watch = slow.Watch(new WatchVariablesRequest { SessionId = "s" });
        await watch.ResponseHeaders.Within("the watch's headers");
        await SetRoundsAsync(client, first: 0, count: Rounds);
        var end = (await client.DescribeAsync("s")).Revision;

        // What was on its way, in order.
        var update = await NextAsync(watch);
        var revision = start;
        for (; update.UpdateType == Changes.ValueChange; update = await NextAsync(watch))
        {
            Assert.Equal(++revision, update.Revision);
        }

        Assert.Equal((Changes.Resync, 0L), (update.UpdateType, update.Revision));
        for (var i = 0; i < VariableCount; i++)
        {
            update = await NextAsync(watch);
            Assert.Equal((Changes.InitialValue, 0L), (update.UpdateType, update.Revision));
            Assert.Equal(Value(Rounds - 1, update.Variable.Name), BridgeClient.Unpack(update.Variable.Value));
        }

        update = await NextAsync(watch);
        Assert.Equal((Changes.Heartbeat, end), (update.UpdateType, update.Revision));
        await client.SetAsync("s", "v0", "live");
        Assert.Equal((end + 1, "live"), (Changes.Of(update = await NextAsync(watch)).Revision, Changes.Of(update).Value));
    }

    /// <summary>The server asks after 30 s of silence and waits another 20 s; run by hand, see README.md.</summary>
    [Fact(Explicit = true)]
    public async Task A_client_that_vanishes_without_closing_its_connection_leaves_no_watcher_behind()
    {
        using var folder = new TempFolder();
        await using var server = await ServerProcess.StartAsync(folder.At("data"));
        await server.Client.RegisterAsync("s", "doomed");
        await using var doomed = await DoomedClient.StartAsync(server.Port, "s");
        doomed.Freeze();
        Assert.Equal(DoomedClient.Watches, (await server.Client.DescribeAsync("s")).WatcherCount);
        await Deadlines.UntilAsync(
            "the end of the vanished client's watches", () => server.Client.DescribeAsync("s"), session => session.WatcherCount == 0);
    }

    private static async Task<VariableUpdate> NextAsync(Transport.RpcServerStream<VariableUpdate> watch) =>
        (await watch.ReadAsync().AsTask().Within("the next update"))!;

    private static Task RegisterAsync(BridgeClient client) =>
        ForEachAsync(VariableCount, i => client.RegisterAsync("s", $"v{i}"));

    /// <summary>Sets every variable, a batch a round.</summary>
    private static async Task SetRoundsAsync(BridgeClient client, int first, int count)
    {
        for (var round = first; round < first + count; round++)
        {
            var values = Enumerable.Range(0, VariableCount).Select(i => $"v{i}").ToDictionary(name => name, name => Value(round, name));
            await client.SetAllAsync("s", values);
        }
    }

    private static string Value(int round, string name) =>
        string.Create(CultureInfo.InvariantCulture, $"round {round:000} of {name}, which is some hundred characters long as it is written down here in full");

    private static Task ForEachAsync(int count, Func<int, Task> action) => Parallel.ForEachAsync(
        Enumerable.Range(0, count),
        new ParallelOptions { MaxDegreeOfParallelism = 32 },
        (i, _) => new ValueTask(action(i)));
}
