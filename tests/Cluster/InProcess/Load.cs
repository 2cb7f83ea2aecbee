using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Cluster.InProcess;

/// <summary>
/// Writers that each count up a variable of their own, one call at a time, until they are stopped. What the log has
/// then must be exactly that, with the revisions that the replies named.
/// </summary>
internal sealed class Load
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly TestedGateway _gateway;
    private readonly ConcurrentDictionary<SessionKey, long> _newest = new();
    private readonly List<Writer> _writers = [];
    private readonly List<Task> _running = [];
    private volatile bool _stopped;

    private Load(TestedGateway gateway) => _gateway = gateway;

    /// <summary>Calls answered so far.</summary>
    public int Answered => _writers.Sum(writer => writer.Revisions.Count);

    /// <summary>The longest that a call took.</summary>
    public TimeSpan Longest => _writers.Max(writer => writer.Longest);

    /// <summary>Starts that many writers, spread over the sessions.</summary>
    public static async Task<Load> StartAsync(TestedGateway gateway, IReadOnlyList<SessionKey> keys, int writers)
    {
        var load = new Load(gateway);
        for (var i = 0; i < writers; i++)
        {
            var writer = new Writer(keys[i % keys.Count], $"w{i}");
            await gateway.OkAsync(writer.Key, Ask.Register(writer.Name));
            load._writers.Add(writer);
        }

        return load;
    }

    /// <summary>Lets them write. Watches that are to see all of it have begun by now.</summary>
    public void Run() => _running.AddRange(_writers.Select(writer => Task.Run(() => WriteAsync(writer))));

    /// <summary>Ends when so many more calls of each writer have been answered, or fails with the first that was refused.</summary>
    public async Task AnsweredAsync(int moreOfEach)
    {
        var awaited = Task.WhenAll(_writers.Select(writer => writer.AnsweredAsync(moreOfEach))).WaitAsync(Deadline);
        await await Task.WhenAny([awaited, .. _running]);
        await awaited;
    }

    /// <summary>Stops the writers; no call of theirs may have been refused.</summary>
    public async Task StopAsync()
    {
        _stopped = true;
        await Task.WhenAll(_running).WaitAsync(Deadline);
    }

    /// <summary>The highest revision that a reply named.</summary>
    public long NewestOf(SessionKey key) => _newest[key];

    /// <summary>Asserts that each acknowledged write is in the log once, where its reply said, and nothing else is.</summary>
    public async Task IsAllThereAsync()
    {
        foreach (var session in _writers.GroupBy(writer => writer.Key))
        {
            var log = await StoredLog.ReadAllAsync(_gateway.Store, session.Key);
            Assert.Equal(Enumerable.Range(1, log.Count).Select(revision => (long)revision), log.Select(change => change.Revision));
            foreach (var writer in session)
            {
                var written = log.Where(change => change.Variable.Name == writer.Name && change.UpdateType == "value_change").ToList();
                Assert.Equal(writer.Revisions, written.Select(change => change.Revision));
                Assert.Equal(
                    Enumerable.Range(1, writer.Revisions.Count).Select(Text),
                    written.Select(change => change.Variable.Value.Value.ToStringUtf8()));
            }
        }
    }

    private async Task WriteAsync(Writer writer)
    {
        while (!_stopped)
        {
            var since = Stopwatch.GetTimestamp();
            var set = Ask.Set(writer.Name, Text(writer.Revisions.Count + 1));
            var reply = await _gateway.OkAsync<SetVariableResponse>(writer.Key, set);
            _newest.AddOrUpdate(writer.Key, reply.Revision, (_, newest) => Math.Max(newest, reply.Revision));
            writer.Note(reply.Revision, Stopwatch.GetElapsedTime(since));
        }
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private sealed class Writer(SessionKey key, string name)
    {
        private readonly Lock _gate = new();
        private (int Count, TaskCompletionSource Reached)? _awaited;

        public SessionKey Key { get; } = key;

        public string Name { get; } = name;

        public List<long> Revisions { get; } = [];

        public TimeSpan Longest { get; private set; }

        public Task AnsweredAsync(int more)
        {
            lock (_gate)
            {
                var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _awaited = (Revisions.Count + more, reached);
                return reached.Task;
            }
        }

        public void Note(long revision, TimeSpan took)
        {
            lock (_gate)
            {
                Revisions.Add(revision);
                Longest = took > Longest ? took : Longest;
                if (_awaited is { } awaited && Revisions.Count >= awaited.Count)
                {
                    awaited.Reached.TrySetResult();
                }
            }
        }
    }
}
