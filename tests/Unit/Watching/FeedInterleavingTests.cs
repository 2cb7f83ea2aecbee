using Snakepit.Bridge.Watching;
using Snakepit.Sessions;

namespace Snakepit.Tests.Unit.Watching;

/// <summary>Many runs of one writer, what is heard of it, and several readers, each at its own pace.</summary>
public sealed class FeedInterleavingTests
{
    private const int Runs = 1_000;
    private const int Commits = 60;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Whatever_is_lost_or_heard_twice_every_reader_gets_each_change_once_in_order()
    {
        for (var seed = 0; seed < Runs; seed++)
        {
            await RunAsync(seed);
        }
    }

    private static async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        var rig = new FeedRig(ringUpdates: random.Next(1, 12));

        // Now and then more than are woken at once.
        var readers = Enumerable.Range(0, seed % 20 == 0 ? (2 * SessionFeed.WokenAtOnce) + 1 : 4).Select(i => Reader(rig, seed, i)).ToList();
        var tasks = readers.ConvertAll(reader => Task.Run(() => rig.ReadToEndAsync(reader.Watcher, reader.Page, reader.Pause)));
        var writer = Task.Run(() => Write(rig, random, readers.ConvertAll(reader => reader.Watcher)));
        await writer.WaitAsync(Deadline);
        var read = await Task.WhenAll(tasks).WaitAsync(Deadline);
        var all = Enumerable.Range(1, (int)rig.Revision).Select(revision => (long)revision).ToList();
        Assert.All(read.Where((_, i) => i % 2 == 0), revisions => Assert.Equal(all, revisions));
        Assert.All(read.Where((_, i) => i % 2 == 1), revisions => Assert.Equal(all.Where(revision => revision % 3 == 0), revisions));
    }

    private static void Write(FeedRig rig, Random random, List<Watcher> watchers)
    {
        IReadOnlyList<LoggedUpdate>? earlier = null;
        for (var i = 0; i < Commits; i++)
        {
            var commit = rig.Commit(random.Next(1, 5));
            switch (random.Next(8))
            {
                case 0:
                    // Lost, until something later rings.
                    break;
                case 1:
                    rig.Feed.Advance(rig.Revision);
                    break;
                case 2 when earlier is not null:
                    rig.Hear(commit);
                    rig.Hear(earlier);
                    break;
                case 3:
                    rig.Hear(commit);
                    rig.Feed.Signal(watchers[random.Next(watchers.Count)], WatchSignals.HeartbeatDue);
                    break;
                default:
                    rig.Hear(commit);
                    break;
            }

            earlier = commit;
            Thread.SpinWait(random.Next(300));
        }

        rig.Feed.Advance(rig.Revision);
        rig.Feed.End(FeedState.Draining);
    }

    private static (Watcher Watcher, int Page, Action<int> Pause) Reader(FeedRig rig, int seed, int number)
    {
        var pace = new Random((seed * 10) + number);
        rig.Stalls = () => pace.Next(4) == 0;
        var watcher = number % 2 == 0 ? rig.Add(0) : rig.Add(0, "third");
        return (watcher, pace.Next(1, 9), _ => Thread.SpinWait(pace.Next(400)));
    }
}
