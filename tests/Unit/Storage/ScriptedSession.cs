using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Protocol.Tools;
using Snakepit.Sessions;
using Snakepit.Storage;

namespace Snakepit.Tests.Storage;

/// <summary>Plays a session's only writer against a store, in as few words as a test needs.</summary>
internal sealed class ScriptedSession(ISessionStore store, SessionKey key, long startRevision = 0, long startNumber = 0)
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset Expiry = Start.AddHours(1);

    private readonly Dictionary<string, VariableRecord> _variables = [];
    private readonly List<string> _removed = [];
    private readonly List<LogPosition> _unchanging = [];
    private ToolSet? _newTools;

    public ScriptedSession(ISessionStore store, string id = "s")
        : this(store, new SessionKey("", id))
    {
    }

    public SessionKey Key => key;

    public long Number { get; private set; } = startNumber;

    public long Revision { get; private set; } = startRevision;

    public DateTimeOffset Time { get; set; } = Start;

    public IReadOnlyDictionary<string, VariableRecord> Variables => _variables;

    public int Version(string variable) => Variable.Parser.ParseFrom(_variables[variable].Variable).Version;

    public static LargeValue Large(int length, byte fill) => new()
    {
        Value = new Any { TypeUrl = "type.googleapis.com/snakepit.tensor.binary", Value = ByteString.CopyFromUtf8("{}") },
        BinaryValue = UnsafeByteOperations.UnsafeWrap(Enumerable.Repeat(fill, length).ToArray()),
    };

    /// <summary>A commit with one new value for each of the variables; those that are new are registered.</summary>
    public Commit Next(params string[] variables) =>
        Next([.. variables.Select((variable, index) => Set(variable, Revision + 1 + index))]);

    public Commit Next(IReadOnlyList<ChangeRecord> changes, params StoredLargeValue[] large)
    {
        var record = new CommitRecord { Changes = { changes } };
        if (Number == 0)
        {
            record.Header = Header(key.SessionId);
        }

        return new Commit(Number + 1, Revision + 1, Revision + changes.Count, Time, record, large, Expiry);
    }

    public static SessionHeader Header(string name) => new()
    {
        CreatedAt = Start.ToTimestamp(),
        Metadata = { ["name"] = name },
    };

    public async Task<AppendResult> AppendAsync(params string[] variables) => await AppendAsync(Next(variables));

    public async Task<AppendResult> AppendAsync(Commit commit)
    {
        var result = await store.AppendAsync(key, commit);
        if (result == AppendResult.Stored)
        {
            Number = commit.Number;
            Revision = commit.LastRevision;
            if (commit.Record.Changes.Count == 0)
            {
                _unchanging.Add(new LogPosition(Revision, Number));
            }
        }

        return result;
    }

    /// <summary>As many commits of one set each.</summary>
    public async Task AppendManyAsync(string variable, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(AppendResult.Stored, await AppendAsync(variable));
        }
    }

    public async Task AppendLargeAsync(string variable, LargeValue value) =>
        Assert.Equal(AppendResult.Stored, await AppendAsync(NextLarge(variable, value)));

    public Commit NextLarge(string variable, LargeValue value) =>
        Next([Set(variable, Revision + 1, Revision + 1)], new StoredLargeValue(Revision + 1, value));

    public async Task ReferAsync(string variable, long large) =>
        Assert.Equal(AppendResult.Stored, await AppendAsync(NextReferring(variable, large)));

    /// <summary>A commit that gives a variable another's large value, without storing it again.</summary>
    public Commit NextReferring(string variable, long large) => Next([Set(variable, Revision + 1, large)]);

    public async Task DeleteVariableAsync(string variable) => await AppendAsync(NextDeletion(variable));

    public Commit NextDeletion(string variable)
    {
        _variables.Remove(variable);
        _removed.Add(variable);
        var update = new VariableUpdate { VariableId = variable, UpdateType = "deleted", Revision = Revision + 1 };
        return Next([new ChangeRecord { Update = update.ToByteString() }]);
    }

    /// <summary>A commit without a change that sets the session's tools, each served by one host.</summary>
    public Commit NextTools(params string[] names)
    {
        _newTools = Tools(names);
        var commit = Next();
        commit.Record.Tools = _newTools;
        return commit;
    }

    public static ToolSet Tools(params string[] names) => new()
    {
        Tools = { names.Select(name => new HostedTool { Spec = new ToolSpec { Name = name }, Hosts = { new ToolHost { Id = "h" } } }) },
    };

    /// <summary>Of tools what was set so far, though a checkpoint may have it.</summary>
    public Checkpoint Checkpoint() => new(
        Number,
        Revision,
        Header(key.SessionId),
        _newTools,
        new Dictionary<string, VariableRecord>(_variables),
        [.. _removed.Where(id => !_variables.ContainsKey(id))],
        [],
        [],
        [.. _unchanging],
        Expiry);

    public async Task CheckpointAsync() => await store.CheckpointAsync(key, Checkpoint());

    public async Task<StoredSession> LoadAsync() => await store.LoadAsync(key, default);

    public async Task<LogPage> ReadLogAsync(long after, int maxBytes = int.MaxValue) =>
        await store.ReadLogAsync(key, after, maxBytes, default) ?? throw new InvalidOperationException("Not stored.");

    /// <summary>The versions that the history of a variable shows, newest first.</summary>
    public async Task<IEnumerable<int>> HistoryAsync(string variable, int limit = 1_000)
    {
        var chain = await store.ReadChainAsync(key, _variables[variable].ValueRevision, limit, default);
        return chain.Select(change => VariableUpdate.Parser.ParseFrom(change.Record.Update).Variable.Version);
    }

    public async Task<long> TrimAsync(long maxChanges, int historyLimit, DateTimeOffset? notBefore = null) =>
        (await TrimAsync(new Retention(Revision - maxChanges, notBefore ?? DateTimeOffset.MinValue, historyLimit))).Floor;

    public async Task<TrimmedLog> TrimAsync(Retention retention) => await store.TrimAsync(key, retention, default);

    public async Task<LogExtent> MeasureAsync(long maxBytes) => await store.MeasureLogAsync(key, maxBytes, default);

    private ChangeRecord Set(string name, long revision, long large = 0)
    {
        var known = _variables.TryGetValue(name, out var before);
        var variable = new Variable
        {
            Id = name,
            Name = name,
            Type = "string",
            Value = new Any { TypeUrl = "type.googleapis.com/snakepit.string", Value = ByteString.CopyFromUtf8($"\"{revision}\"") },
            Version = known ? Version(name) + 1 : 0,
            Revision = revision,
        };
        _variables[name] = new VariableRecord
        {
            Variable = variable.ToByteString(),
            LargeValue = large,
            RegisteredAt = known ? before!.RegisteredAt : revision,
            ValueRevision = revision,
        };
        var update = new VariableUpdate
        {
            VariableId = name,
            Variable = variable,
            UpdateType = known ? "value_change" : "registered",
            Revision = revision,
        };
        return new ChangeRecord
        {
            Update = update.ToByteString(),
            LargeValue = large,
            Previous = known ? before!.ValueRevision : 0,
        };
    }
}
