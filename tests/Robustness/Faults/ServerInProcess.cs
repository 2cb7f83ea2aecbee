using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Bridge;
using Snakepit.Bridge.Calculator;
using Snakepit.Bridge.Health;
using Snakepit.Bridge.Telemetry;
using Snakepit.Bridge.Tools;
using Snakepit.Bridge.Watching;
using Snakepit.Protocol.Rpc;
using Snakepit.Serving;
using Snakepit.Sessions;
using Snakepit.Storage.Hosting;
using Snakepit.Storage.Memory;
using Snakepit.Tests.Robustness.Load;
using Snakepit.Tests.Robustness.Support;
using Snakepit.Transport;

namespace Snakepit.Tests.Robustness.Faults;

/// <summary>
/// The sidecar's services over gRPC in this process, made of the same parts, over a store that outlives them: so that a
/// fault can be put between two of the parts. A crash leaves all that was in memory behind.
/// </summary>
/// <param name="storeOfLife">Each life's way to the store.</param>
/// <param name="sessionsOfLife">What each life's services see of its sessions.</param>
internal sealed class ServerInProcess(Func<StoreDecorator> storeOfLife, Func<ISessions, ISessions> sessionsOfLife) : IServers, IAsyncDisposable
{
    private readonly List<(GrpcServer Server, BridgeClient Client, StoreDecorator Store)> _lives = [];
    private volatile TaskCompletionSource<BridgeClient> _serving = NotYet();

    public Task<BridgeClient> ClientAsync() => _serving.Task.Within("a server to call");

    public Task UnavailableAsync(BridgeClient client, RpcException failure) => Task.CompletedTask;

    public async Task StartAsync()
    {
        var store = storeOfLife();
        var server = new GrpcServer(new GrpcServerOptions { Endpoints = [new GrpcEndpoint("127.0.0.1", 0)] });
        await server.StartAsync(Services(store).Methods);
        var client = new BridgeClient(server.Ports[0]);
        _lives.Add((server, client, store));
        _serving.SetResult(client);
    }

    /// <summary>Nothing is handed over: what the store does not have is gone.</summary>
    public async Task CrashAsync()
    {
        _serving = NotYet();
        var (server, _, store) = _lives[^1];
        store.Crash();
        await server.StopAsync(TimeSpan.Zero);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (server, client, _) in _lives)
        {
            client.Dispose();
            await server.DisposeAsync();
        }
    }

    private static TaskCompletionSource<BridgeClient> NotYet() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MethodTable Services(StoreDecorator store)
    {
        var (time, limits) = (TimeProvider.System, SessionLimits.Default);
        var directory = new SessionDirectory(store, SessionSettings.Default, HostPolicy.Default, time);
        var sessions = sessionsOfLife(new EmbeddedSessions(directory, store));

        // A small ring: watchers fall out of it, and read the log, all the time.
        var settings = new WatchSettings { RingUpdates = 8, BatchBytes = 512 };
        var events = new TelemetryHub(ToolSettings.Default, time);
        return ServiceTable.Of(
            sessions,
            new WatchHub(sessions, limits, settings, time, NullLogger<WatchHub>.Instance),
            new ToolHosts(ToolSettings.Default, events, time, NullLogger<ToolHosts>.Instance),
            events,
            ToolSettings.Default,
            new Calculations(new MemoryStore().Calculations, new CalculatorLimits(), time, NullLogger<Calculations>.Instance),
            new HealthStatus(),
            new NoDescription(),
            limits,
            guard: null,
            time: time,
            loggers: NullLoggerFactory.Instance);
    }
}
