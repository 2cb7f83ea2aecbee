using Google.Protobuf;
using Snakepit.Bridge.Watching;
using Snakepit.Sessions;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Watching;

/// <summary>A feed beside the log it is about; what the feed hears of the log is the test's choice.</summary>
internal sealed class FeedRig
{
    private readonly Lock _gate = new();
    private readonly List<LoggedUpdate> _log = [];

    // The last revision of each commit.
    private readonly List<long> _ends = [];

    public FeedRig(int ringUpdates) => Feed = new SessionFeed(
        new SessionKey("", "s"), new WatchSettings { RingUpdates = ringUpdates, BatchBytes = 8 });

    public SessionFeed Feed { get; }

    public long Revision
    {
        get
        {
            lock (_gate)
            {
                return _log.Count;
            }
        }
    }

    /// <summary>Logs that many changes, one commit; the feed does not hear of it.</summary>
    public IReadOnlyList<LoggedUpdate> Commit(int changes)
    {
        lock (_gate)
        {
            for (var i = 0; i < changes; i++)
            {
                var revision = _log.Count + 1;
                var name = revision % 3 == 0 ? "third" : "other";
                _log.Add(new LoggedUpdate(revision, UpdateType.ValueChange, $"id-{name}", name, ByteString.CopyFromUtf8("123")));
            }

            _ends.Add(_log.Count);
            return _log[^changes..];
        }
    }

    public void Hear(IReadOnlyList<LoggedUpdate> commit) => Feed.OnCommit(commit[0].Revision - 1, commit);

    /// <summary>Whether a client has not taken what was sent: of watchers that are added from now on.</summary>
    public Func<bool> Stalls { get; set; } = static () => false;

    public Watcher Add(long cursor, params string[] names)
    {
        var watcher = new Watcher
        {
            Call = new FakeCall(),
            Responses = new FakeResponses { Stalls = Stalls },
            Since = default,
            Selection = new Selection([], names, []),
            Cursor = cursor,
        };
        Assert.True(Feed.TryAdd(watcher));
        return watcher;
    }

    public FeedStep Take(Watcher watcher, out List<long> revisions)
    {
        var batch = new LoggedUpdate?[64];
        var step = Feed.Take(watcher, batch, out var count);
        revisions = [.. batch.Take(count).Select(update => update!.Revision)];
        return step;
    }

    /// <summary>Reads as a watch does until the feed drains: the revisions in the order of their coming.</summary>
    public async Task<List<long>> ReadToEndAsync(Watcher watcher, int page, Action<int> pause)
    {
        var read = new List<long>();
        for (var turn = 0; ; turn++)
        {
            pause(turn);
            switch (Take(watcher, out var revisions))
            {
                case FeedStep.Updates:
                    read.AddRange(revisions);
                    break;
                case FeedStep.Behind:
                    read.AddRange(ReadLog(watcher, page));
                    break;
                case FeedStep.Parked:
                    await watcher.WaitAsync();
                    break;
                case FeedStep.Signalled:
                    Feed.TakeSignals(watcher);
                    break;
                case FeedStep.Flushing:
                    break;
                case FeedStep.Draining:
                    return read;
                case var other:
                    throw new InvalidOperationException($"not expected: {other}");
            }
        }
    }

    // No commit that begins behind what the feed has heard of.
    private List<long> ReadLog(Watcher watcher, int page)
    {
        var known = Feed.Newest;
        lock (_gate)
        {
            var (from, end) = (watcher.Cursor, _ends.First(end => end >= known));
            var updates = _log.Skip((int)from).Take((int)Math.Min(page, end - from)).ToList();
            watcher.Cursor += updates.Count;
            return updates.FindAll(watcher.Selects).ConvertAll(update => update.Revision);
        }
    }
}
