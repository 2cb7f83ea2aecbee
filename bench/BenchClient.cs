using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Bridge;
using Snakepit.Transport;

namespace Snakepit.Bench;

/// <summary>Prepares sessions for a load.</summary>
internal sealed class BenchClient(int port) : IDisposable
{
    public const string Session = "bench";
    private const string Service = "/snakepit.bridge.BridgeService/";

    private readonly RpcChannel _channel = new($"127.0.0.1:{port}");

    /// <summary>A string value of a hundred bytes.</summary>
    public static Any Value { get; } = new()
    {
        TypeUrl = "type.googleapis.com/snakepit.string",
        Value = ByteString.CopyFromUtf8($"\"{new string('x', 98)}\""),
    };

    public static string Path(string method) => Service + method;

    public static string Variable(int n) => $"variable_{n}";

    public Task<TResponse> CallAsync<TResponse>(string method, IMessage request, MessageParser<TResponse> parser)
        where TResponse : class, IMessage<TResponse> => _channel.CallAsync(Path(method), request, parser);

    /// <summary>Registers that many variables.</summary>
    public async Task RegisterAsync(int variables)
    {
        for (var first = 0; first < variables; first += 100)
        {
            var some = Enumerable.Range(first, Math.Min(100, variables - first));
            await Task.WhenAll(some.Select(n => CallAsync(
                "RegisterVariable",
                new RegisterVariableRequest { SessionId = Session, Name = Variable(n), Type = "string", InitialValue = Value },
                RegisterVariableResponse.Parser)));
        }
    }

    public void Dispose() => _channel.Dispose();
}
