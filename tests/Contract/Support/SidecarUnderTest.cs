using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Bridge;
using Snakepit.Bridge.Calculator;
using Snakepit.Bridge.Handlers;
using Snakepit.Bridge.Health;
using Snakepit.Bridge.Reflection;
using Snakepit.Bridge.Watching;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;
using Snakepit.Storage.Memory;
using Snakepit.Storage.Sqlite;
using Snakepit.Transport;

namespace Snakepit.Tests.Contract.Support;

/// <summary>A sidecar in the tests' process, over SQLite in a folder of its own, or over memory.</summary>
internal sealed class SidecarUnderTest(ServerSettings settings) : ServerUnderTest
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly string _folder = Directory.CreateTempSubdirectory("snakepit-contract-").FullName;
    private GrpcServer? _grpc;
    private ISessionStore? _store;
    private SessionDirectory? _directory;
    private CancellationTokenSource? _ending;
    private Task _sweeping = Task.CompletedTask;

    public override string Address => $"127.0.0.1:{_grpc!.Ports[0]}";

    public override async Task StartAsync()
    {
        var time = TimeProvider.System;
        var limits = Limits();
        ICalculationStore calculations;
        if (settings.Durable)
        {
            var sqlite = SqliteStore.Open(_folder);
            (_store, calculations) = (sqlite, sqlite.Calculations);
        }
        else
        {
            var memory = new MemoryStore();
            (_store, calculations) = (memory, memory.Calculations);
        }

        var sessionSettings = SessionSettings.Default with { Limits = limits };
        _directory = new SessionDirectory(_store, sessionSettings, Policy(), time);
        var sessions = new EmbeddedSessions(_directory, _store);
        var watches = Watches();
        var hub = new WatchHub(sessions, limits, watches, time, NullLogger<WatchHub>.Instance);
        var calculator = new Calculations(calculations, Calculator(), time, NullLogger<Calculations>.Instance);
        var health = new HealthStatus();
        var table = new MethodTable();
        table.Add(
            BridgeService.Descriptor,
            new BridgeService(sessions, hub, limits, time, NullLogger<BridgeService>.Instance).Methods);
        table.Add(
            AdministrationService.Descriptor,
            new AdministrationService(sessions, limits, time, NullLogger<AdministrationService>.Instance).Methods);
        table.Add(CalculatorService.Descriptor, new CalculatorService(calculator).Methods);
        table.Add(HealthService.Descriptor, new HealthService(table, health).Methods);
        var reflection = new ReflectionService(table);
        table.Add(ReflectionService.V1, reflection.MethodsOf(ReflectionService.V1));
        table.Add(ReflectionService.V1Alpha, reflection.MethodsOf(ReflectionService.V1Alpha));

        _grpc = new GrpcServer(new GrpcServerOptions { Endpoints = [new GrpcEndpoint("127.0.0.1", 0)] });
        await _grpc.StartAsync(table.Methods);
        health.Set(isServing: true);
        _grpc.Draining.Register(() =>
        {
            health.Drain();
            hub.Drain();
        });
        _ending = new CancellationTokenSource();
        _sweeping = SweepAsync(hub, _directory, calculator, watches.Heartbeat, _ending.Token);
    }

    public override async Task StopAsync()
    {
        if (_grpc is null)
        {
            return;
        }

        await _grpc.StopAsync(Grace);
        await _ending!.CancelAsync();
        await _sweeping;
        await _directory!.DisposeAsync();
        await _store!.DisposeAsync();
        await _grpc.DisposeAsync();
        _ending.Dispose();
        _grpc = null;
    }

    public override async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task SweepAsync(
        WatchHub hub, SessionDirectory directory, Calculations calculations, TimeSpan heartbeat, CancellationToken ending)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromTicks(Math.Min(heartbeat.Ticks / 4, TimeSpan.TicksPerSecond / 4)));
        try
        {
            while (await timer.WaitForNextTickAsync(ending))
            {
                hub.Sweep();
                await directory.SweepAsync(ending);
                await calculations.SweepAsync(DateTimeOffset.UtcNow, ending);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private SessionLimits Limits()
    {
        var limits = SessionLimits.Default;
        return limits with
        {
            MaxVariables = settings.MaxVariables ?? limits.MaxVariables,
            MaxBatch = settings.MaxBatch ?? limits.MaxBatch,
            MaxValueBytes = settings.MaxValueBytes ?? limits.MaxValueBytes,
        };
    }

    private HostPolicy Policy()
    {
        var policy = HostPolicy.Default with { MaxSessions = settings.MaxSessions ?? HostPolicy.Default.MaxSessions };
        return settings.ReplayableChanges is { } kept
            ? policy with { ReplayableChanges = kept, CheckpointCommits = 1 }
            : policy;
    }

    private WatchSettings Watches()
    {
        var watches = WatchSettings.Default;
        return watches with
        {
            Heartbeat = settings.Heartbeat ?? watches.Heartbeat,
            MaxWatchers = settings.MaxWatchers ?? watches.MaxWatchers,
        };
    }

    private CalculatorLimits Calculator()
    {
        var limits = new CalculatorLimits();
        return limits with
        {
            IdleTime = settings.CalculationIdleTime ?? limits.IdleTime,
            MaxCalculations = settings.MaxCalculations ?? limits.MaxCalculations,
        };
    }
}
