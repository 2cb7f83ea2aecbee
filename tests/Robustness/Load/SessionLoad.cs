using Snakepit.Protocol.Bridge;
using Snakepit.Tests.Robustness.Support;
using Snakepit.Tests.Robustness.Validation;

namespace Snakepit.Tests.Robustness.Load;

/// <summary>
/// One session under load: some writers and five watchers, who go on whatever becomes of the servers and write
/// down what they see.
/// </summary>
internal sealed class SessionLoad
{
    /// <summary>The server keeps the whole log, so that a resync is a fault; heartbeats come often, as they move a watcher too.</summary>
    public static readonly string[] ServerOptions = ["--replayable-changes", "100000000", "--heartbeat", "200ms"];

    private const int Writers = 8;
    private const int Readers = 2;
    private const int ReplayCount = 5;

    // Reads are there to be compared with the writes, not to take the machine from them.
    private static readonly TimeSpan BetweenReads = TimeSpan.FromMilliseconds(5);

    private readonly string _session;
    private readonly Func<IServers> _newClient;
    private readonly long _start;
    private readonly bool _mayResync;
    private readonly Progress _acknowledged = new();
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<long> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Writer> _writers;
    private readonly List<ResumingWatcher> _watchers;
    private readonly List<Reader> _readers;
    private readonly List<Task> _writing;
    private readonly List<Task> _watching;

    private SessionLoad(string session, Func<IServers> newClient, int writers, TimeSpan pause, long start, bool mayResync)
    {
        _session = session;
        _newClient = newClient;
        _start = start;
        _mayResync = mayResync;
        _writers = [.. Enumerable.Range(0, writers).Select(number => new Writer(number, session, newClient(), _acknowledged, pause))];
        _watchers =
        [
            Watcher("the whole session", new(), selects: null),
            Watcher("the whole session again", new(), selects: null),
            Watcher("one variable", new() { VariableIdentifiers = { "a.0" } }, variable => variable == "a.0"),
            Watcher("one pattern", new() { Patterns = { "b.*" } }, variable => variable.StartsWith("b.", StringComparison.Ordinal)),
            Watcher(
                "patterns and a variable",
                new() { Patterns = { "*.1", "*.2" }, VariableIdentifiers = { "a.3" } },
                variable => variable is ['a', ..] and [.., '3'] or [.., '1' or '2']),
        ];
        _readers = [.. Enumerable.Range(0, Readers).Select(number => new Reader(number, session, newClient(), pause + BetweenReads))];
        _writing =
        [
            .. _writers.Select(writer => Task.Run(() => writer.RunAsync(_stop.Task))),
            .. _readers.Select(reader => Task.Run(() => reader.RunAsync(_stop.Task))),
        ];
        _watching = [.. _watchers.Select(watcher => Task.Run(() => watcher.RunAsync(_end.Task)))];
    }

    public IReadOnlyList<ResumingWatcher> Watchers => _watchers;

    public string Session => _session;

    /// <summary>As many writes as one server takes.</summary>
    public static Task<SessionLoad> StartAsync(IServers server, string session) =>
        StartAsync(session, () => server, Writers, TimeSpan.Zero);

    /// <summary>Makes the session and lets everyone begin.</summary>
    /// <param name="session">Its id.</param>
    /// <param name="newClient">Asked once for each client: whom that one calls.</param>
    /// <param name="writers">How many.</param>
    /// <param name="pause">Of each writer between two writes.</param>
    /// <param name="mayResync">As <see cref="ResumingWatcher.StaysAtResync"/>.</param>
    public static async Task<SessionLoad> StartAsync(
        string session, Func<IServers> newClient, int writers, TimeSpan pause, bool mayResync = false)
    {
        var client = newClient();
        foreach (var variable in Writer.Variables)
        {
            await client.CallAsync(server => server.RegisterAsync(session, variable));
        }

        var start = (await client.CallAsync(server => server.DescribeAsync(session))).Revision;
        return new SessionLoad(session, newClient, writers, pause, start, mayResync);
    }

    /// <summary>Ends when that many more writes were acknowledged; throws if one of the clients has failed.</summary>
    public async Task AcknowledgedAsync(int more)
    {
        var reached = _acknowledged.MoreAsync(more);
        await await Task.WhenAny([reached, .. _writing, .. _watching]).Within($"{more} acknowledged writes");
    }

    /// <summary>Ends when a write that was begun after the call is acknowledged: no writer has more than one under way.</summary>
    public Task AnsweredAgainAsync() => AcknowledgedAsync(_writers.Count + 1);

    /// <summary>Lets the writers come to an end and every watcher come to theirs; answers with all that is known then.</summary>
    /// <param name="patience">How long a watcher may take for that; those that do not come are left behind. Null = it must.</param>
    /// <param name="witness">Who is asked at the very end what has happened, if not the server under load.</param>
    public async Task<History> FinishAsync(TimeSpan? patience = null, Func<Task<BridgeClient>>? witness = null)
    {
        _stop.SetResult();
        await Task.WhenAll(_writing).Within("the writers' last acknowledgements");
        var client = await _newClient().ClientAsync();
        var end = (await client.DescribeAsync(_session)).Revision;
        _end.SetResult(end);
        if (patience is { } time)
        {
            await Task.WhenAny(Task.WhenAll(_watching), Task.Delay(time));
        }
        else
        {
            await Task.WhenAll(_watching).Within($"revision {end} at every watcher");
        }

        if (witness is not null)
        {
            client = await witness();
            end = (await client.DescribeAsync(_session)).Revision;
        }

        var replays = new List<Replay>();
        for (var i = 1; i <= ReplayCount; i++)
        {
            var from = _start + ((end - _start) * i / ReplayCount);
            replays.Add(new Replay(from, await Changes.ReplayAsync(client, _session, from, end)));
        }

        return new History
        {
            Start = _start,
            Writes = [.. _writers.SelectMany(writer => writer.Writes)],
            Watchers = [.. _watchers.Select(watcher => watcher.Observation)],
            Log = await Changes.ReplayAsync(client, _session, _start, end),
            End = end,
            Variables = (await client.ListAsync(_session)).ToDictionary(
                variable => variable.Name, variable => (variable.Version, BridgeClient.Unpack(variable.Value))),
            Replays = replays,
            Reads = [.. _readers.SelectMany(reader => reader.Reads)],
        };
    }

    private ResumingWatcher Watcher(string name, WatchVariablesRequest request, Func<string, bool>? selects)
    {
        request.SessionId = _session;
        return new ResumingWatcher(name, request, selects, _start, _newClient()) { StaysAtResync = _mayResync };
    }
}
