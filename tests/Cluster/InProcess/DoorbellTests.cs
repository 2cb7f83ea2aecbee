using System.Diagnostics;
using Snakepit.Grains;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Cluster.InProcess;

/// <summary>Announcements are doorbells: whatever becomes of them, watchers see every change once, in order.</summary>
public sealed class DoorbellTests(ClusterDatabase database, ITestOutputHelper output) : ClusterTests(database)
{
    // One round of the poll, its grace, and a busy machine.
    private static readonly TimeSpan AFewSeconds = TimeSpan.FromSeconds(6);

    [Theory]
    [InlineData("lost")]
    [InlineData("failing")]
    [InlineData("late, out of order and repeated")]
    public async Task Watchers_see_every_change_once_whatever_becomes_of_its_announcement(string announcements)
    {
        var cluster = await StartAsync(new ClusterSettings { Streams = streams => Faulty(announcements, streams) });
        var key = Key("s");
        await cluster.Gateway.OkAsync(key, Ask.Register("x"));
        var watches = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => cluster.Gateway.WatchAsync(key)));
        for (var value = 1; value <= 100; value++)
        {
            await cluster.Gateway.OkAsync(key, Ask.Set("x", $"{value}"));
        }

        var since = Stopwatch.GetTimestamp();
        await Task.WhenAll(watches.Select(watch => watch.IsWholeAsync(101)));
        output.WriteLine($"announcements {announcements}: whole {Stopwatch.GetElapsedTime(since).TotalSeconds:0.00} s after the last reply");
        Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, AFewSeconds);

        // Nothing comes a second time, either.
        await cluster.Gateway.OkAsync(key, Ask.Set("x", "101"));
        await Task.WhenAll(watches.Select(watch => watch.IsWholeAsync(102)));
    }

    [Fact]
    public async Task A_watch_ends_with_its_session_though_the_end_was_not_announced()
    {
        var cluster = await StartAsync(new ClusterSettings { Streams = static _ => new SilentStreams() });
        var key = Key("s");
        await cluster.Gateway.OkAsync(key, Ask.Register("x"));
        var watch = await cluster.Gateway.WatchAsync(key);
        await cluster.Gateway.OkAsync(key, Ask.CleanUp());
        Assert.Equal(new RpcStatus(RpcCode.Cancelled, "session s ended"), await watch.EndAsync());
        Assert.Empty(watch.Updates);
        await Eventually.TrueAsync(() => Task.FromResult(!cluster.Gateway.Watched.All.Any()), "the gateway gave the session up");
    }

    [Fact]
    public async Task A_session_made_again_between_two_polls_ends_the_watch_of_the_one_before()
    {
        var cluster = await StartAsync(new ClusterSettings { Streams = static _ => new SilentStreams() });
        var key = Key("s");
        await cluster.Gateway.OkAsync(key, Ask.Register("x"));
        var old = await cluster.Gateway.WatchAsync(key);
        await cluster.Gateway.OkAsync(
            key, Ask.Set("x", "9"), Ask.CleanUp(), Ask.Register("x"), Ask.Set("x", "1"), Ask.Set("x", "2"));
        Assert.Equal(new RpcStatus(RpcCode.Cancelled, "session s ended"), await old.EndAsync());
        Assert.Equal([2], old.Revisions);

        var anew = await cluster.Gateway.WatchAsync(key);
        await cluster.Gateway.OkAsync(key, Ask.Set("x", "3"));
        await anew.IsWholeAsync(anew.Start + 1);
        Assert.True(anew.IsOpen);
    }

    [Fact]
    public async Task A_watch_that_reads_the_log_behind_a_session_made_again_sees_the_rest_of_its_own_and_nothing_of_the_other()
    {
        InterceptedStore? store = null;
        var cluster = await StartAsync(new ClusterSettings
        {
            Streams = static _ => new SilentStreams(),
            GatewayStore = inner => store = new InterceptedStore(inner),
        });
        var key = Key("s");
        await cluster.Gateway.OkAsync(key, Ask.Register("x"));
        var old = await cluster.Gateway.WatchAsync(key);
        await cluster.Gateway.OkAsync(key, Ask.Set("x", "1"), Ask.Set("x", "2"));

        // The poll has found that the watch is behind; when it reads the log, that is another session's.
        var reading = store!.StopBefore(StoreVerb.ReadLog);
        await reading.Reached;
        await cluster.Gateway.OkAsync(key, Ask.CleanUp(), Ask.Register("x", "7"), Ask.Set("x", "8"));
        reading.Continue();
        Assert.Equal(new RpcStatus(RpcCode.Cancelled, "session s ended"), await old.EndAsync());
        Assert.Equal([2, 3], old.Revisions);
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("late, out of order and repeated")]
    public async Task A_watch_sees_the_last_changes_of_a_session_that_ends_right_after_them(string announcements)
    {
        var cluster = await StartAsync(new ClusterSettings { Streams = streams => Faulty(announcements, streams) });
        var key = Key("s");
        await cluster.Gateway.OkAsync(key, Ask.Register("x"));
        var watches = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => cluster.Gateway.WatchAsync(key)));
        for (var value = 1; value <= 100; value++)
        {
            await cluster.Gateway.OkAsync(key, Ask.Set("x", $"{value}"));
        }

        await cluster.Gateway.OkAsync(key, Ask.CleanUp());
        foreach (var watch in watches)
        {
            Assert.Equal(new RpcStatus(RpcCode.Cancelled, "session s ended"), await watch.EndAsync());
            Assert.Equal(Enumerable.Range(2, 100).Select(revision => (long)revision), watch.Revisions);
        }
    }

    [Fact]
    public async Task A_large_value_crosses_no_stream_and_reaches_its_watchers()
    {
        RecordingStreams? streams = null;
        var cluster = await StartAsync(new ClusterSettings { Streams = inner => streams = new RecordingStreams(inner) });
        var key = Key("s");
        await cluster.Gateway.OkAsync(key, Ask.Register("x", "\"\"", "string"));
        var watch = await cluster.Gateway.WatchAsync(key);
        var large = $"\"{new string('a', 1024 * 1024)}\"";
        await cluster.Gateway.OkAsync(key, Ask.Set("x", "\"small\"", "string"), Ask.Set("x", large, "string"));
        await watch.IsWholeAsync(3);
        Assert.Equal(large, watch.Updates[^1].Variable.Value.Value.ToStringUtf8());

        Assert.Equal(3, streams!.Announced.Max(announced => announced.Revision));
        Assert.All(streams.Announced.Where(announced => announced.Revision == 3), announced => Assert.Empty(announced.Updates));
        Assert.All(streams.Announced, announced => Assert.InRange(announced.CalculateSize(), 1, 64 * 1024));
    }

    private static IChangeStreams Faulty(string announcements, IChangeStreams streams) => announcements switch
    {
        "lost" => new SilentStreams(),
        "failing" => new FailingStreams(),
        _ => new UnrulyStreams(streams),
    };
}
