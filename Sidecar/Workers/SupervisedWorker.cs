using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Telemetry;
using Snakepit.Bridge.Tools;
using Snakepit.Bridge.Tools.Workers;
using Snakepit.Protocol.Tools;
using Snakepit.Sessions;

namespace Snakepit.Sidecar.Workers;

/// <summary>
/// One worker of the pool: launched, watched, and launched again when it ends, until the pool stops. One loop does it
/// all; others only read what it last said of the worker.
/// </summary>
internal sealed class SupervisedWorker
{
    private readonly string _name;
    private readonly WorkerPoolOptions _options;
    private readonly IWorkerLauncher _launcher;
    private readonly WorkerTurns _turns;
    private readonly SemaphoreSlim _starts;
    private readonly TelemetryHub _events;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CallTally _calls = new();
    private readonly BackOff _backOff;
    private volatile Condition _condition;

    public SupervisedWorker(
        string name,
        WorkerPoolOptions options,
        IWorkerLauncher launcher,
        WorkerTurns turns,
        SemaphoreSlim starts,
        Func<double> jitter,
        TelemetryHub events,
        TimeProvider time,
        ILogger logger)
    {
        (_name, _launcher, _turns, _starts) = (name, launcher, turns, starts);
        (_events, _time, _logger) = (events, time, logger);
        _options = options with { Channels = options.Channels with { ProbeTimeout = options.HealthInterval } };
        _backOff = new BackOff(jitter);
        _condition = new Condition(WorkerStatus.Types.State.Starting, 0, "", 0, "", time.GetUtcNow());
    }

    /// <summary>Whether calls have a chance to reach it soon.</summary>
    public bool IsUpOrStarting => _condition.State is WorkerStatus.Types.State.Ready or WorkerStatus.Types.State.Starting;

    public WorkerStatus Describe()
    {
        var condition = _condition;
        return new WorkerStatus
        {
            WorkerId = _name,
            Kind = WorkerStatus.Types.Kind.Launched,
            State = condition.State,
            Address = condition.Address,
            CallsInFlight = _calls.InFlight,
            Calls = _calls.All,
            FailedCalls = _calls.Failed,
            Since = Timestamp.FromDateTimeOffset(condition.Since),
            ProcessId = condition.ProcessId,
            Restarts = condition.Restarts,
            Detail = condition.Detail,
        };
    }

    /// <summary>Keeps the worker up. Ends when <paramref name="stop"/> has fired and the process is gone.</summary>
    public async Task SuperviseAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var how = await RunAsync(stop);
            if (stop.IsCancellationRequested)
            {
                break;
            }

            var pause = _backOff.Next();
            _logger.WorkerEnded(_name, _condition.ProcessId, how, pause.TotalSeconds);
            Say(WorkerStatus.Types.State.Down, processId: 0, address: "", how);
            await Task.Delay(pause, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Say(WorkerStatus.Types.State.Starting, processId: 0, address: "", how, restarts: 1);
        }

        Say(WorkerStatus.Types.State.Down, processId: 0, address: "", "the pool has stopped");
    }

    /// <summary>One process, from its launch until it is gone. Returns why it is.</summary>
    private async Task<string> RunAsync(CancellationToken stop)
    {
        if (!await TryTurnToStartAsync(stop))
        {
            return "was not launched: the pool stops";
        }

        var starting = true;
        try
        {
            await using var process = _launcher.Launch(_name);
            using var running = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var exit = CancelOnExitAsync(process, running);
            string how;
            try
            {
                Say(WorkerStatus.Types.State.Starting, process.Id, address: "", _condition.Detail);
                using var channel = await StartAsync(process, running.Token);
                _starts.Release();
                starting = false;
                how = await ServeAsync(process, channel, running.Token);
            }
            catch (WorkerFailedException failed)
            {
                how = failed.Message;
            }
            finally
            {
                await EndAsync(process, gently: stop.IsCancellationRequested);
                await exit;
            }

            return how;
        }
        catch (WorkerLaunchException refused)
        {
            return $"cannot be launched: {refused.Message}";
        }
        catch (Exception failure)
        {
            // Whatever it was, the worker is looked after further on.
            _logger.SupervisionFailed(_name, failure);
            return $"could not be looked after: {failure.Message}";
        }
        finally
        {
            if (starting)
            {
                _starts.Release();
            }
        }
    }

    private async Task<bool> TryTurnToStartAsync(CancellationToken stop)
    {
        try
        {
            await _starts.WaitAsync(stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>From the launch to the first answer.</summary>
    private async Task<WorkerChannel> StartAsync(IWorkerProcess process, CancellationToken running)
    {
        using var late = new CancellationTokenSource(_options.StartTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(running, late.Token);
        WorkerChannel? channel = null;
        try
        {
            var port = await process.Port.WaitAsync(either.Token);
            channel = new WorkerChannel($"127.0.0.1:{port}", _options.Channels, _time);
            while (await channel.ProbeAsync(either.Token) is not null)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), _time, either.Token);
            }

            return channel;
        }
        catch (OperationCanceledException)
        {
            channel?.Dispose();
            var missing = channel is null ? "said on which port it listens" : "answered";
            throw new WorkerFailedException(
                process.Exited.IsCompleted ? await process.Exited
                : running.IsCancellationRequested ? "was told to end"
                : $"has not {missing} within {_options.StartTimeout.TotalSeconds:0.###} s");
        }
    }

    /// <summary>From the first answer until the process has ended, is silent for too long, or is told to end.</summary>
    private async Task<string> ServeAsync(IWorkerProcess process, WorkerChannel channel, CancellationToken running)
    {
        var address = channel.Rpc.Target;
        var worker = new PoolWorker(_name, process.Id, _options.CallsPerWorker, channel, _calls) { Doubted = _turns.Suspend };
        Say(WorkerStatus.Types.State.Ready, process.Id, address, detail: "");
        _logger.WorkerUp(_name, process.Id, address);
        Emit("worker.up", process.Id, address, reason: "");
        await using var telemetry = new WorkerTelemetry(_name, channel.Rpc, _events, _time, _options.Tenant, worker.Doubt);
        var upSince = _time.GetTimestamp();
        _turns.Serve(worker);
        var how = "was told to end";
        try
        {
            how = await WatchAsync(worker, channel, running)
                ?? (process.Exited.IsCompleted ? await process.Exited : how);
        }
        finally
        {
            _turns.Remove(worker);
            worker.Lose(how);
            Emit("worker.down", process.Id, address, how);
        }

        if (_time.GetElapsedTime(upSince) >= _options.RanWell)
        {
            _backOff.Reset();
        }

        return how;
    }

    /// <summary>Asks it regularly, and when a call raised a doubt. Null = something else has ended it.</summary>
    private async Task<string?> WatchAsync(PoolWorker worker, WorkerChannel channel, CancellationToken running)
    {
        var heard = _time.GetTimestamp();
        var asked = heard;
        try
        {
            while (true)
            {
                var pause = _options.HealthInterval - _time.GetElapsedTime(asked);
                await worker.DoubtAsync(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, _time, running);
                asked = _time.GetTimestamp();
                var doubts = _turns.DoubtsOf(worker);
                if (await channel.ProbeAsync(running) is null)
                {
                    heard = _time.GetTimestamp();
                    _turns.Serve(worker, doubts);
                    continue;
                }

                _turns.Suspend(worker);
                if (_time.GetElapsedTime(heard) >= _options.Silence)
                {
                    return $"has not answered for {_options.Silence.TotalSeconds:0.###} s";
                }
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task EndAsync(IWorkerProcess process, bool gently)
    {
        if (gently && !process.Exited.IsCompleted)
        {
            process.Terminate();
            try
            {
                await process.Exited.WaitAsync(_options.EndTimeout, _time);
            }
            catch (TimeoutException)
            {
                _logger.WorkerKilled(_name, process.Id, _options.EndTimeout.TotalSeconds);
            }
        }

        // Once it has ended, this is for what it left behind.
        process.Kill();
        await process.Exited;
    }

    private static async Task CancelOnExitAsync(IWorkerProcess process, CancellationTokenSource running)
    {
        await process.Exited;
        await running.CancelAsync();
    }

    private void Emit(string happened, int processId, string address, string reason) => _events.Emit(
        happened,
        duration: null,
        correlationId: "",
        new SessionKey(_options.Tenant, ""),
        ("worker_id", _name),
        ("process_id", processId.ToString(CultureInfo.InvariantCulture)),
        ("address", address),
        ("reason", reason));

    private void Say(WorkerStatus.Types.State state, int processId, string address, string detail, int restarts = 0)
    {
        var before = _condition;
        _condition = new Condition(
            state, processId, address, before.Restarts + restarts, detail,
            before.State == state ? before.Since : _time.GetUtcNow());
    }

    private sealed record Condition(
        WorkerStatus.Types.State State, int ProcessId, string Address, int Restarts, string Detail, DateTimeOffset Since);

    /// <summary>The worker has not become, or is no longer, what it should be. The message follows its name in a sentence.</summary>
    private sealed class WorkerFailedException(string message) : Exception(message);
}
