using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Health;
using Snakepit.Transport;

namespace Snakepit.Tests.Robustness.Support;

/// <summary>Calls a server as these tests need it. All variables are strings.</summary>
internal sealed class BridgeClient(int port, string host = "127.0.0.1") : IDisposable
{
    private const string TypeUrl = "type.googleapis.com/snakepit.string";
    private static readonly RpcCallOptions Patient = new() { Timeout = TimeSpan.FromSeconds(60) };

    private readonly RpcChannel _channel = new($"{host}:{port}");

    /// <summary>Any unary call of the public service.</summary>
    public Task<TResponse> CallAsync<TResponse>(string method, IMessage request)
        where TResponse : class, IMessage<TResponse>, new() =>
        AnyAsync<TResponse>($"/snakepit.bridge.BridgeService/{method}", request);

    /// <summary>Any unary call.</summary>
    public Task<TResponse> AnyAsync<TResponse>(string path, IMessage request)
        where TResponse : class, IMessage<TResponse>, new() =>
        _channel.CallAsync(path, request, new MessageParser<TResponse>(() => new TResponse()), Patient);

    public Task InitializeAsync(string session, int ttlSeconds = 0) => CallAsync<InitializeSessionResponse>(
        "InitializeSession",
        new InitializeSessionRequest { SessionId = session, Config = new SessionConfig { TtlSeconds = ttlSeconds } });

    public Task<GetSessionResponse> DescribeAsync(string session) =>
        CallAsync<GetSessionResponse>("GetSession", new GetSessionRequest { SessionId = session });

    public Task<RegisterVariableResponse> RegisterAsync(string session, string name, string value = "") =>
        CallAsync<RegisterVariableResponse>("RegisterVariable", new RegisterVariableRequest
        {
            SessionId = session,
            Name = name,
            Type = "string",
            InitialValue = Pack(value),
        });

    public async Task<string> GetAsync(string session, string name)
    {
        var request = new GetVariableRequest { SessionId = session, VariableIdentifier = name };
        return Unpack((await CallAsync<GetVariableResponse>("GetVariable", request)).Variable.Value);
    }

    public Task<SetVariableResponse> SetAsync(string session, string name, string value, string requestId = "") =>
        CallAsync<SetVariableResponse>("SetVariable", new SetVariableRequest
        {
            SessionId = session,
            VariableIdentifier = name,
            Value = Pack(value),
            RequestId = requestId,
        });

    public Task<BatchSetVariablesResponse> SetAllAsync(
        string session, IReadOnlyDictionary<string, string> values, bool atomic = true, string requestId = "")
    {
        var request = new BatchSetVariablesRequest { SessionId = session, Atomic = atomic, RequestId = requestId };
        foreach (var (name, value) in values)
        {
            request.Updates.Add(name, Pack(value));
        }

        return CallAsync<BatchSetVariablesResponse>("SetVariables", request);
    }

    public async Task<IReadOnlyList<Variable>> ListAsync(string session)
    {
        var request = new ListVariablesRequest { SessionId = session, Pattern = "*" };
        return (await CallAsync<ListVariablesResponse>("ListVariables", request)).Variables;
    }

    /// <summary>All sessions, page by page. Uses none of them.</summary>
    public async Task<IReadOnlyList<SessionSummary>> SessionsAsync()
    {
        var sessions = new List<SessionSummary>();
        var request = new ListSessionsRequest { PageSize = 1_000 };
        do
        {
            var page = await AnyAsync<ListSessionsResponse>("/snakepit.sessions.v1.Sessions/ListSessions", request);
            sessions.AddRange(page.Sessions);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        return sessions;
    }

    public RpcServerStream<VariableUpdate> Watch(WatchVariablesRequest request) =>
        _channel.Stream("/snakepit.bridge.BridgeService/WatchVariables", request, VariableUpdate.Parser);

    /// <summary>Waits until the health service says so.</summary>
    public async Task UntilServingAsync(bool isServing)
    {
        var awaited = isServing ? HealthCheckResponse.Types.ServingStatus.Serving : HealthCheckResponse.Types.ServingStatus.NotServing;
        using var health = _channel.Stream("/grpc.health.v1.Health/Watch", new HealthCheckRequest(), HealthCheckResponse.Parser, Patient);
        HealthCheckResponse? told;
        do
        {
            told = await health.ReadAsync() ?? throw new InvalidOperationException($"nobody says {awaited} any more");
        }
        while (told.Status != awaited);
    }

    public void Dispose() => _channel.Dispose();

    public static Any Pack(string value) =>
        new() { TypeUrl = TypeUrl, Value = ByteString.CopyFromUtf8($"\"{value}\"") };

    /// <summary>Of a value without characters that JSON escapes.</summary>
    public static string Unpack(Any value) => value.Value.ToStringUtf8().Trim('"');
}
