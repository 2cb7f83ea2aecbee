using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Bridge;

namespace Snakepit.Bench;

/// <summary>The public bridge protocol, in one session.</summary>
internal sealed class BridgeDialect : Dialect
{
    public const string Session = "bench";
    private const string Service = "/snakepit.bridge.BridgeService/";

    /// <summary>A string value of a hundred bytes.</summary>
    public static Any Value { get; } = new()
    {
        TypeUrl = "type.googleapis.com/snakepit.string",
        Value = ByteString.CopyFromUtf8($"\"{new string('x', 98)}\""),
    };

    public static string Path(string method) => Service + method;

    public static string Variable(int n) => $"variable_{n}";

    public static UnaryCall Register(string session, string name) => new(
        Path("RegisterVariable"),
        new RegisterVariableRequest { SessionId = session, Name = name, Type = "string", InitialValue = Value });

    public static UnaryCall Get(string session, string name) => new(
        Path("GetVariable"), new GetVariableRequest { SessionId = session, VariableIdentifier = name });

    public static UnaryCall Set(string session, string name) => new(
        Path("SetVariable"), new SetVariableRequest { SessionId = session, VariableIdentifier = name, Value = Value });

    public override Task PrepareAsync(int port, int variables) =>
        SendAsync(port, Enumerable.Range(0, variables).Select(n => Register(Session, Variable(n))));

    public override UnaryCall? Call(Operation operation, int variables) => operation switch
    {
        Operation.Ping => new UnaryCall(Path("Ping"), new PingRequest { Message = "bench" }),
        Operation.Get => Get(Session, Variable(variables / 2)),
        Operation.Set => Set(Session, Variable(variables / 2)),
        _ => SetHundred(),
    };

    public override WatchCall Watch() => new(
        Path("WatchVariables"),
        new WatchVariablesRequest
        {
            SessionId = Session,
            VariableIdentifiers = { Variable(0) },
            IncludeInitialValues = true,
            UpdateTypes = { "value_change" },
        },
        EndsRequest: true,
        Snapshot: 2);

    private static UnaryCall SetHundred()
    {
        var batch = new BatchSetVariablesRequest { SessionId = Session, Atomic = true };
        for (var n = 0; n < 100; n++)
        {
            batch.Updates.Add(Variable(n), Value);
        }

        return new UnaryCall(Path("SetVariables"), batch, Items: 100);
    }
}
