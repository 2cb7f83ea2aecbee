using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Telemetry;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Tools;
using Snakepit.Sessions;
using Snakepit.Transport;
using State = Snakepit.Protocol.Tools.WorkerStatus.Types.State;

namespace Snakepit.Bridge.Tools.Workers;

/// <summary>
/// A worker that listens and was started by someone else. It is asked whether it lives when it is announced and
/// whenever there is a doubt; while it does not answer, calls are refused at once and it is asked again and again.
/// </summary>
public sealed class AnnouncedWorker : IToolHost, IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private readonly CallTally _calls;
    private readonly WorkerChannel _channel;
    private readonly ToolSettings _settings;
    private readonly TimeProvider _time;
    private readonly TelemetryHub _events;
    private readonly ILogger _logger;
    private readonly WorkerTelemetry _telemetry;
    private TaskCompletionSource _doubt = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private State _state = State.Starting;
    private string _detail = "was not asked yet";
    private DateTimeOffset _since;

    /// <param name="id">What sessions keep of it.</param>
    /// <param name="address">`HOST:PORT`.</param>
    /// <param name="settings">Times and bounds.</param>
    /// <param name="events">Where its telemetry goes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told when it goes and comes back.</param>
    /// <param name="tenant">Whose sessions it serves.</param>
    /// <exception cref="ArgumentException"><paramref name="address"/> is none.</exception>
    public AnnouncedWorker(
        string id,
        string address,
        ToolSettings settings,
        TelemetryHub events,
        TimeProvider time,
        ILogger logger,
        string tenant = "")
    {
        Tenant = tenant;
        Identity = new ToolHost { Id = id, Kind = ToolHost.Types.Kind.Worker };
        (_settings, _events, _time, _logger) = (settings, events, time, logger);
        _channel = new WorkerChannel(address, settings, time);
        _calls = new CallTally(_channel.Dispose);
        _since = time.GetUtcNow();
        _telemetry = new WorkerTelemetry(id, _channel.Rpc, events, time, tenant, Doubt);
        _ = KeepAskingAsync();
    }

    public ToolHost Identity { get; }

    public string Tenant { get; }

    public string Address => _channel.Rpc.Target;

    /// <summary>One that nobody knows anything about yet has a chance.</summary>
    public bool IsAvailable => _state != State.Down;

    public bool TakesUnregistered => true;

    public async ValueTask<ExecuteToolResponse> ExecuteAsync(ToolCall call, CancellationToken cancellation)
    {
        Enter();
        var failed = true;
        try
        {
            var response = await _channel.ExecuteAsync(call, cancellation);
            failed = !response.Success;
            return response;
        }
        catch (RpcException failure)
        {
            NoteFailure(failure);
            throw;
        }
        finally
        {
            _calls.Leave(failed);
        }
    }

    public async IAsyncEnumerable<ToolChunk> StreamAsync(
        ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Enter();
        var failed = true;
        try
        {
            using var chunks = _channel.Stream(call, cancellation);
            while (await NextAsync(chunks, cancellation) is { } chunk)
            {
                failed = !chunk.IsFinal;
                yield return chunk;
            }

            failed = false;
        }
        finally
        {
            _calls.Leave(failed);
        }
    }

    /// <summary>It is no host any more. Calls under way go on.</summary>
    public void Dispose()
    {
        _end.Cancel();
        _ = RetireAsync();
    }

    public WorkerStatus Describe()
    {
        lock (_gate)
        {
            return new WorkerStatus
            {
                WorkerId = Identity.Id,
                Kind = WorkerStatus.Types.Kind.Announced,
                State = _state,
                Address = Address,
                CallsInFlight = _calls.InFlight,
                Calls = _calls.All,
                FailedCalls = _calls.Failed,
                Since = Timestamp.FromDateTimeOffset(_since),
                Detail = _detail,
            };
        }
    }

    // The channel is closed behind the last call and the stream of telemetry.
    private async Task RetireAsync()
    {
        await _telemetry.DisposeAsync();
        _calls.Close();
    }

    private void Enter()
    {
        string? reason = null;
        lock (_gate)
        {
            reason = _state == State.Down ? _detail : null;
        }

        if (reason is not null || !_calls.TryEnter())
        {
            throw new RpcException(RpcCode.Unavailable, $"worker {Identity.Id} is down: {reason ?? "it was removed"}")
            {
                NeverSent = true,
            };
        }
    }

    private async ValueTask<ToolChunk?> NextAsync(RpcServerStream<ToolChunk> chunks, CancellationToken cancellation)
    {
        try
        {
            return await chunks.ReadAsync(cancellation);
        }
        catch (RpcException failure)
        {
            NoteFailure(failure);
            throw;
        }
    }

    private void NoteFailure(RpcException failure)
    {
        if (failure.NeverSent)
        {
            Note(State.Down, failure.Status.Message);
        }

        if (failure.Status.Code == RpcCode.Unavailable)
        {
            Doubt();
        }
    }

    /// <summary>Has it asked now. What it is taken for stays as it is until it was.</summary>
    private void Doubt()
    {
        var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _doubt, next).SetResult();
    }

    private async Task KeepAskingAsync()
    {
        try
        {
            var pause = _settings.FirstProbePause;
            while (true)
            {
                // Taken before it is asked: a call that fails meanwhile has it asked once more.
                var doubt = Volatile.Read(ref _doubt).Task;
                if (await _channel.ProbeAsync(_end.Token) is { } reason)
                {
                    Note(State.Down, reason);
                    await Task.Delay(pause, _time, _end.Token);
                    pause = pause * 2 < _settings.LongestProbePause ? pause * 2 : _settings.LongestProbePause;
                }
                else
                {
                    Note(State.Ready, "");
                    pause = _settings.FirstProbePause;
                    await doubt.WaitAsync(_end.Token);
                }
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // Retired.
        }
    }

    private void Note(State state, string detail)
    {
        lock (_gate)
        {
            _detail = detail;
            if (_state == state)
            {
                return;
            }

            (_state, _since) = (state, _time.GetUtcNow());
        }

        if (state == State.Ready)
        {
            _logger.WorkerUp(Identity.Id, Address);
        }
        else
        {
            _logger.WorkerDown(Identity.Id, Address, detail);
        }

        _events.Emit(
            state == State.Ready ? "worker.up" : "worker.down",
            duration: null,
            correlationId: "",
            new SessionKey(Tenant, ""),
            ("worker_id", Identity.Id),
            ("address", Address),
            ("reason", detail));
    }
}
