using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Bridge;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Storage.Hosting;
using Snakepit.Storage.Memory;

namespace Snakepit.Bench.Micro;

/// <summary>A session of ten variables, each a string of 100 bytes, in the memory of this process.</summary>
internal sealed class MeasuredSession : IAsyncDisposable
{
    private const string Id = "s";
    private const int Variables = 10;

    // What a checkpoint and the trim behind it allocate depends on the store more than on what was set: they come so seldom
    // that most measured rounds are without, and often enough for a benchmark not to fill the memory.
    private static readonly HostPolicy SeldomTidied = HostPolicy.Default with
    {
        CheckpointCommits = int.MaxValue,
        CheckpointBytes = 64 * 1024 * 1024,
        ReplayableChanges = 200_000,
    };

    private static readonly SessionKey Key = new("", Id);

    private static readonly Any Value = new()
    {
        TypeUrl = "type.googleapis.com/snakepit.string",
        Value = ByteString.CopyFromUtf8($"\"{new string('a', 98)}\""),
    };

    private static readonly GetVariableRequest GetRequest = new() { SessionId = Id, VariableIdentifier = Name(0) };

    private static readonly SetVariableRequest SetRequest = new() { SessionId = Id, VariableIdentifier = Name(0), Value = Value };

    private readonly BatchSetVariablesRequest _setAllRequest = new() { SessionId = Id, Atomic = true };
    private readonly SessionDirectory _directory;

    public MeasuredSession()
    {
        var store = new MemoryStore();
        _directory = new SessionDirectory(store, SessionSettings.Default, SeldomTidied, TimeProvider.System);
        Sessions = new EmbeddedSessions(_directory, store);
        Prepare(new InitializeSessionRequest { SessionId = Id });
        for (var n = 0; n < Variables; n++)
        {
            Prepare(new RegisterVariableRequest { SessionId = Id, Name = Name(n), Type = "string", InitialValue = Value });
            _setAllRequest.Updates.Add(Name(n), Value);
        }
    }

    /// <summary>As services and watches see it.</summary>
    public ISessions Sessions { get; }

    /// <summary>A request to watch all of it from now on.</summary>
    public static WatchVariablesRequest WatchRequest { get; } = new() { SessionId = Id };

    /// <summary>Watches one variable's values, from the present one on.</summary>
    public static WatchVariablesRequest WatchOneRequest { get; } = new()
    {
        SessionId = Id,
        VariableIdentifiers = { Name(0) },
        IncludeInitialValues = true,
        UpdateTypes = { UpdateType.ValueChange },
    };

    /// <summary>Reads one variable, as the handler of GetVariable does.</summary>
    public IMessage Get() =>
        _directory.TryAnswer(Key, GetRequest, Requester.Unrestricted, out var answer) ? ValueOf(answer) : Call(GetRequest);

    /// <summary>Sets one variable: one commit.</summary>
    public IMessage Set() => Call(SetRequest);

    /// <summary>Sets all ten: one commit.</summary>
    public IMessage SetAll() => Call(_setAllRequest);

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    // The session is loaded by a task of its own, once.
    private void Prepare(IMessage request) =>
        ValueOf(_directory.CallAsync(Key, request, CancellationToken.None).AsTask().GetAwaiter().GetResult());

    // The store is memory, and nobody else calls: so all of it has happened, on this thread, when the call returns.
    private IMessage Call(IMessage request)
    {
        var answer = _directory.CallAsync(Key, request, Requester.Unrestricted, CancellationToken.None);
        return answer.IsCompletedSuccessfully
            ? ValueOf(answer.Result)
            : throw new InvalidOperationException($"{request.Descriptor.Name} was not answered at once");
    }

    private static IMessage ValueOf(Outcome<IMessage> outcome) =>
        outcome.IsRefused ? throw new InvalidOperationException(outcome.Refusal.Message) : outcome.Value;

    private static string Name(int n) => $"variable_{n}";
}
