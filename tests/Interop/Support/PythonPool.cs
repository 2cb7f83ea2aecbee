using System.Net;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Bridge.Telemetry;
using Snakepit.Bridge.Tools;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Tools;
using Snakepit.Sidecar;
using Snakepit.Sidecar.Workers;
using Snakepit.Transport;

namespace Snakepit.Tests.Interop;

/// <summary>A pool of real Python workers beside a sidecar in this process.</summary>
internal sealed class PythonPool : IAsyncDisposable
{
    private const string Script = "tests/Interop/python/worker.py";

    private readonly SidecarServer _server;
    private readonly LaunchedWorkers _workers;

    private PythonPool(SidecarServer server, LaunchedWorkers workers)
    {
        _server = server;
        _workers = workers;
    }

    public WorkerPool Pool => _workers.Pool;

    /// <param name="workers">Processes.</param>
    /// <param name="with">More options.</param>
    public static async Task<PythonPool> StartAsync(int workers, Func<WorkerPoolOptions, WorkerPoolOptions>? with = null)
    {
        var worker = await Needed.Async(Python.ScriptAsync(Script));
        var options = new WorkerPoolOptions
        {
            Command = [worker.File, .. worker.Arguments],
            Environment = new Dictionary<string, string>(worker.Environment) { ["WORKER_VARIABLE"] = "a,b" },
            Workers = workers,
            QueueTimeout = TimeSpan.FromMinutes(2),
        };
        return await StartAsync(with is null ? options : with(options));
    }

    public static async Task<PythonPool> StartAsync(WorkerPoolOptions options)
    {
        var server = await SidecarServer.StartAsync(
            SidecarOptions.Default with { Endpoints = [new GrpcEndpoint("127.0.0.1", 0)] }, NullLoggerFactory.Instance);
        var address = new IPEndPoint(IPAddress.Loopback, server.Port);
        var events = new TelemetryHub(ToolSettings.Default, TimeProvider.System);
        return new PythonPool(
            server, LaunchedWorkers.Start(options, address, events, TimeProvider.System, NullLogger.Instance));
    }

    /// <summary>Its answer; fails the test where the tool failed.</summary>
    public async Task<JsonElement> CallAsync(string tool, string session, params (string Name, object Value)[] arguments)
    {
        var answer = await Pool.ExecuteAsync(Call(tool, session, arguments), default);
        Assert.True(answer.Success, answer.ErrorMessage);
        return JsonDocument.Parse(answer.Result.Value.Memory).RootElement;
    }

    public static ToolCall Call(string tool, string session, params (string Name, object Value)[] arguments)
    {
        var request = new ExecuteToolRequest { ToolName = tool, SessionId = session };
        foreach (var (name, value) in arguments)
        {
            request.Parameters[name] = new Any
            {
                TypeUrl = "type.googleapis.com/snakepit.string",
                Value = UnsafeByteOperations.UnsafeWrap(JsonSerializer.SerializeToUtf8Bytes(value)),
            };
        }

        return new ToolCall(request, "c-1", TimeSpan.FromMinutes(5));
    }

    public Task ReadyAsync(int workers) => Processes.UntilAsync(
        () => Pool.Describe().Count(status => status.State == WorkerStatus.Types.State.Ready) == workers,
        $"{workers} workers up");

    public IReadOnlyList<int> ProcessIds() => [.. Pool.Describe().Select(status => status.ProcessId)];

    public ValueTask StopWorkersAsync() => _workers.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await _workers.DisposeAsync();
        await _server.DisposeAsync();
    }
}
