using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Telemetry;
using Snakepit.Bridge.Tools;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Tools;

namespace Snakepit.Sidecar.Workers;

/// <summary>
/// Workers that are alike, as one host of tools: a call goes to whichever of them its session's affinity and their
/// load say. Starts once, stops once.
/// </summary>
internal sealed class WorkerPool : IToolHost, IAsyncDisposable
{
    /// <summary>Workers that a call is sent to, as long as it is certain that none has seen it.</summary>
    private const int MostTries = 3;

    private readonly TimeProvider _time;
    private readonly WorkerTurns _turns;
    private readonly IReadOnlyList<SupervisedWorker> _workers;
    private readonly SemaphoreSlim _starts;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _draining = new();
    private Task? _running;

    /// <param name="options">How many, and what their calls get.</param>
    /// <param name="launcher">Makes their processes.</param>
    /// <param name="jitter">Of the waits before a restart: a number from 0 up to 1.</param>
    /// <param name="events">Where the workers' telemetry goes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told when workers come and go.</param>
    public WorkerPool(
        WorkerPoolOptions options,
        IWorkerLauncher launcher,
        Func<double> jitter,
        TelemetryHub events,
        TimeProvider time,
        ILogger logger)
    {
        _time = time;
        Tenant = options.Tenant;
        Identity = new ToolHost { Id = options.Id, Kind = ToolHost.Types.Kind.Worker };
        _turns = new WorkerTurns(options, time);
        _starts = new SemaphoreSlim(options.StartsAtOnce);
        _workers =
        [
            .. Enumerable.Range(1, options.Workers).Select(number => new SupervisedWorker(
                $"{options.Id}-{number}", options, launcher, _turns, _starts, jitter, events, time, logger)),
        ];
    }

    public ToolHost Identity { get; }

    public string Tenant { get; }

    /// <summary>Whether it does not stop, and one of the workers is up or starts.</summary>
    public bool IsAvailable => !_draining.IsCancellationRequested && _workers.Any(worker => worker.IsUpOrStarting);

    public bool TakesUnregistered => true;

    /// <summary>Calls that wait for a worker.</summary>
    public int Waiting => _turns.Waiting;

    /// <summary>Launches the workers. It does not wait for them; calls do.</summary>
    public void Start() =>
        _running = Task.WhenAll(_workers.Select(worker => Task.Run(() => worker.SuperviseAsync(_stop.Token))));

    public async ValueTask<ExecuteToolResponse> ExecuteAsync(ToolCall call, CancellationToken cancellation)
    {
        var arrived = _time.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            using var turn = await TakeAsync(call, arrived, cancellation);
            try
            {
                return await turn.Worker.ExecuteAsync(Remaining(call, arrived), cancellation);
            }
            catch (RpcException failure) when (failure.NeverSent && tries < MostTries)
            {
                // Its process has just ended, or is about to: the call waits its turn once more.
            }
        }
    }

    public async IAsyncEnumerable<ToolChunk> StreamAsync(
        ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var arrived = _time.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            using var turn = await TakeAsync(call, arrived, cancellation);
            await using var chunks = turn.Worker.StreamAsync(Remaining(call, arrived), cancellation).GetAsyncEnumerator(cancellation);
            bool isThere;
            try
            {
                isThere = await chunks.MoveNextAsync();
            }
            catch (RpcException failure) when (failure.NeverSent && tries < MostTries)
            {
                continue;
            }

            for (; isThere; isThere = await chunks.MoveNextAsync())
            {
                yield return chunks.Current;
            }

            yield break;
        }
    }

    public IReadOnlyList<WorkerStatus> Describe()
    {
        var statuses = _workers.Select(worker => worker.Describe()).ToList();
        foreach (var status in statuses.Where(status => status.State == WorkerStatus.Types.State.Ready && _draining.IsCancellationRequested))
        {
            status.State = WorkerStatus.Types.State.Draining;
        }

        return statuses;
    }

    /// <summary>
    /// Takes no new calls and refuses those that wait. Completes when those under way have ended, or after
    /// <paramref name="grace"/>.
    /// </summary>
    public async Task DrainAsync(TimeSpan grace)
    {
        await _draining.CancelAsync();
        try
        {
            await _turns.DrainAsync().WaitAsync(grace, _time);
        }
        catch (TimeoutException)
        {
            // The grace is over: they are cut off.
        }
    }

    /// <summary>Ends the workers, with the calls that are still under way. Completes when no process is left.</summary>
    public async Task StopAsync()
    {
        await DrainAsync(TimeSpan.Zero);
        await _stop.CancelAsync();
        await (_running ?? Task.CompletedTask);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _starts.Dispose();
    }

    private Task<Turn> TakeAsync(ToolCall call, long arrived, CancellationToken cancellation) =>
        _turns.TakeAsync(call.Request.SessionId, Remaining(call, arrived).TimeLeft, cancellation);

    private ToolCall Remaining(ToolCall call, long arrived)
    {
        var left = call.TimeLeft - _time.GetElapsedTime(arrived);
        return call with { TimeLeft = left > TimeSpan.Zero ? left : TimeSpan.Zero };
    }
}
