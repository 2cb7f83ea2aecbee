using Google.Protobuf;
using Snakepit.Protocol.Tools;
using Snakepit.Transport;

namespace Snakepit.Tests.Contract.Support;

/// <summary>Calls any RPC of a server by its name. Safe for many callers.</summary>
/// <param name="address">`HOST:PORT`.</param>
/// <param name="options">How it connects.</param>
/// <param name="token">Shown with each call; null = it says nothing of who it is.</param>
public sealed class BridgeClient(string address, RpcChannelOptions? options = null, string? token = null) : IDisposable
{
    public const string BridgeService = "snakepit.bridge.BridgeService";
    public const string SessionsService = "snakepit.sessions.v1.Sessions";

    public const string ToolsService = "snakepit.tools.v1.Tools";

    private readonly RpcCallOptions _options = new() { Headers = HeadersOf(token) };

    private RpcCallOptions Deadline => _options with { Timeout = TimeSpan.FromSeconds(60) };

    public RpcChannel Channel { get; } = new(address, options);

    /// <summary>A session with an id that nobody has used.</summary>
    public SessionClient NewSession() => Session($"session-{Guid.NewGuid():N}");

    public SessionClient Session(string id) => new(this, id);

    /// <summary>Calls a unary RPC. Throws RpcException for every status but OK.</summary>
    public Task<TResponse> CallAsync<TResponse>(string service, string method, IMessage request)
        where TResponse : class, IMessage<TResponse>, new() =>
        Channel.CallAsync($"/{service}/{method}", request, ParserOf<TResponse>.Instance, Deadline);

    /// <summary>Tells where a worker listens, and awaits that it is found there.</summary>
    public async Task AnnounceAsync(FakeWorker worker)
    {
        await CallAsync<AddWorkerResponse>(
            ToolsService, "AddWorker", new AddWorkerRequest { WorkerId = worker.Id, Address = worker.Address });
        await WorkerIsAsync(worker.Id, WorkerStatus.Types.State.Ready);
    }

    public async Task<IReadOnlyList<WorkerStatus>> WorkersAsync() =>
        (await CallAsync<ListWorkersResponse>(ToolsService, "ListWorkers", new ListWorkersRequest())).Workers;

    /// <summary>Awaits that a worker is in this state; does something before each look.</summary>
    public Task WorkerIsAsync(string id, WorkerStatus.Types.State state, Func<Task>? before = null) => Eventually.TrueAsync(
        async () =>
        {
            await (before?.Invoke() ?? Task.CompletedTask);
            return (await WorkersAsync()).Any(worker => worker.WorkerId == id && worker.State == state);
        },
        $"worker {id} is {state}");

    /// <summary>As <see cref="CallAsync"/>, of the public service.</summary>
    public Task<TResponse> BridgeAsync<TResponse>(string method, IMessage request)
        where TResponse : class, IMessage<TResponse>, new() =>
        CallAsync<TResponse>(BridgeService, method, request);

    public RpcServerStream<TResponse> Stream<TResponse>(string service, string method, IMessage request)
        where TResponse : class, IMessage<TResponse>, new() =>
        Channel.Stream($"/{service}/{method}", request, ParserOf<TResponse>.Instance, _options);

    public RpcDuplexStream<TRequest, TResponse> Duplex<TRequest, TResponse>(string service, string method)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new() =>
        Channel.Duplex<TRequest, TResponse>($"/{service}/{method}", ParserOf<TResponse>.Instance, _options);

    public void Dispose() => Channel.Dispose();

    private static Dictionary<string, string>? HeadersOf(string? token) =>
        token is null ? null : new Dictionary<string, string> { ["authorization"] = $"Bearer {token}" };

    private static class ParserOf<T>
        where T : class, IMessage<T>, new()
    {
        public static MessageParser<T> Instance { get; } = new(() => new T());
    }
}
