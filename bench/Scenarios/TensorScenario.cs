using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Bridge;

namespace Snakepit.Bench.Scenarios;

/// <summary>A tensor of 8 MiB, sent and fetched whole, 2 connections with 2 calls each in flight.</summary>
internal sealed class TensorScenario(Operation operation) : LoadScenario(NameOf(operation))
{
    private const int Bytes = 8 * 1024 * 1024;
    private const string Tensor = "weights";

    public static string NameOf(Operation operation) => $"{operation}, tensor of 8 MiB";

    public override bool Suits(Contender contender) => contender is SidecarContender or ClusterContender or FrameworkContender or BareContender;

    protected override Task PrepareAsync(Contender contender, MeasuredServer server) => contender is BareContender
        ? Task.CompletedTask
        : Dialect.SendAsync(server.Port, [new UnaryCall(BridgeDialect.Path("RegisterVariable"), Register())]);

    protected override async Task<IReadOnlyList<Figure>> LoadAsync(Contender contender, MeasuredServer server, int seconds)
    {
        var call = contender is BareContender
            ? new UnaryCall($"/answer/{(operation == Operation.Get ? Bytes : 16)}", operation == Operation.Get ? new Empty() : Set())
            : new UnaryCall(
                BridgeDialect.Path(operation == Operation.Get ? "GetVariable" : "SetVariable"),
                operation == Operation.Get ? Get() : Set());
        var before = server.ProcessorTime;
        var (rate, requests) = await H2Load.RunAsync(server.Port, call, seconds, connections: 2, callsPerConnection: 2);
        return
        [
            new Figure(Figure.Rate, rate * Bytes / 1e6, "MB/s"),
            new Figure(
                Figure.Cpu,
                (server.ProcessorTime - before).TotalMilliseconds * seconds / (seconds + 1) / requests,
                "ms/call"),
        ];
    }

    private static Any Descriptor() => new()
    {
        TypeUrl = "type.googleapis.com/snakepit.tensor.binary",
        Value = ByteString.CopyFromUtf8("{\"shape\":[1024,2048],\"dtype\":\"float32\",\"binary_format\":\"raw\",\"type\":\"tensor\"}"),
    };

    private static ByteString Data() => ByteString.CopyFrom(new byte[Bytes]);

    private static RegisterVariableRequest Register() => new()
    {
        SessionId = BridgeDialect.Session,
        Name = Tensor,
        Type = "tensor",
        InitialValue = Descriptor(),
        InitialBinaryValue = Data(),
    };

    private static GetVariableRequest Get() => new() { SessionId = BridgeDialect.Session, VariableIdentifier = Tensor };

    private static SetVariableRequest Set() => new()
    {
        SessionId = BridgeDialect.Session,
        VariableIdentifier = Tensor,
        Value = Descriptor(),
        BinaryValue = Data(),
    };
}
