using System.Globalization;
using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Tools;
using Snakepit.Storage;

namespace Snakepit.Bridge.Tools.Attached;

/// <summary>
/// A host whose calls go down its stream and come back up, for as long as that stream lives. Nothing it sends makes
/// one call wait for another: what a slow caller has not taken is bounded by the credit of its call. Safe from any
/// thread.
/// </summary>
public sealed partial class AttachedHost : IToolHost
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, AttachedCall> _calls = new(StringComparer.Ordinal);
    private readonly LinkedList<AttachedCall> _waiting = new();
    private readonly TaskCompletionSource<RpcStatus> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ToolSettings _settings;
    private readonly TimeProvider _time;
    private DateTimeOffset _since;
    private readonly IReadOnlyDictionary<string, string> _metadata;
    private readonly int _atOnce;
    private long _begun;
    private long _failed;
    private bool _draining;
    private bool _lost;

    /// <param name="id">What sessions keep of it.</param>
    /// <param name="hello">What it said of itself.</param>
    /// <param name="settings">Bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="owner">Who attached it; null = someone who may do everything.</param>
    public AttachedHost(string id, Hello hello, ToolSettings settings, TimeProvider time, Principal? owner = null)
    {
        Owner = owner ?? Principal.Unrestricted;
        Identity = new ToolHost { Id = id, Kind = ToolHost.Types.Kind.Attached };
        (_settings, _time, _since, _metadata) = (settings, time, time.GetUtcNow(), hello.Metadata);
        _atOnce = hello.MaxConcurrentCalls > 0
            ? Math.Min(hello.MaxConcurrentCalls, settings.MaxCallsPerHost)
            : settings.MaxCallsPerHost;
    }

    public ToolHost Identity { get; }

    public string Tenant => Owner.Tenant;

    /// <summary>Who attached it.</summary>
    internal Principal Owner { get; }

    public bool IsAvailable => !_draining && !_lost;

    /// <summary>It offers its tools itself, before anyone calls them.</summary>
    public bool TakesUnregistered => false;

    /// <summary>When it attached. Microseconds since 1970 UTC.</summary>
    internal long Since => UnixTime.ToMicroseconds(_since);

    internal HostOutbox Outbox { get; } = new();

    /// <summary>Completes when the server ends the host's stream, with the status it ends with.</summary>
    internal Task<RpcStatus> Ended => _ended.Task;

    public bool MayServe(string sessionId) => Owner.May(Rights.ServeTools, sessionId);

    public async ValueTask<ExecuteToolResponse> ExecuteAsync(ToolCall call, CancellationToken cancellation)
    {
        var begun = Begin(call, streaming: false);
        try
        {
            return await begun.Result.WaitAsync(cancellation);
        }
        finally
        {
            GiveUp(begun);
        }
    }

    public async IAsyncEnumerable<ToolChunk> StreamAsync(
        ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var begun = Begin(call, streaming: true);
        try
        {
            while (await begun.Chunks.WaitToReadAsync(cancellation))
            {
                while (begun.Chunks.TryRead(out var chunk))
                {
                    yield return chunk;
                    Grant(begun);
                }
            }
        }
        finally
        {
            GiveUp(begun);
        }
    }

    public WorkerStatus Describe()
    {
        lock (_gate)
        {
            var status = new WorkerStatus
            {
                WorkerId = Identity.Id,
                Kind = WorkerStatus.Types.Kind.Attached,
                State = IsAvailable ? WorkerStatus.Types.State.Ready : WorkerStatus.Types.State.Draining,
                CallsInFlight = _calls.Count,
                Calls = _begun,
                FailedCalls = _failed,
                Since = Timestamp.FromDateTimeOffset(_since),
            };
            status.Metadata.Add(_metadata.ToDictionary());
            return status;
        }
    }

    /// <summary>Before anyone knows of it: it attached later than another stream of the same host.</summary>
    internal void AttachedAfter(long since)
    {
        if (Since <= since)
        {
            _since = UnixTime.FromMicroseconds(since + 1);
        }
    }

    /// <summary>No new calls. The stream ends when those under way have ended, or after some time.</summary>
    internal void Drain()
    {
        lock (_gate)
        {
            _draining = true;
            Outbox.Add(new ServerMessage { Draining = new Draining() });
            EndIfIdle();
        }
    }

    /// <summary>Has the stream end with this status, once what is in the outbox has been sent.</summary>
    internal void End(RpcStatus status) => _ended.TrySetResult(status);

    /// <summary>The stream is gone: whatever it was to answer is not known, but for what it was never sent.</summary>
    internal void Lose()
    {
        lock (_gate)
        {
            _lost = true;
            foreach (var call in _calls.Values)
            {
                call.Fail(Lost($"host {Identity.Id} was lost during the call", Outbox.Remove(call.Message!)));
            }

            foreach (var call in _waiting)
            {
                call.Fail(Lost($"host {Identity.Id} was lost before the call's turn", neverSent: true));
            }

            _failed += _calls.Count + _waiting.Count;
            _calls.Clear();
            _waiting.Clear();
        }
    }

    private static RpcException Lost(string message, bool neverSent) =>
        new(RpcCode.Unavailable, message) { NeverSent = neverSent };

    private AttachedCall Begin(ToolCall asked, bool streaming)
    {
        lock (_gate)
        {
            if (!IsAvailable)
            {
                throw Lost($"host {Identity.Id} takes no more calls", neverSent: true);
            }

            if (_calls.Count >= _atOnce && _waiting.Count >= _settings.MaxWaitingCalls)
            {
                throw new RpcException(
                    RpcCode.ResourceExhausted,
                    $"host {Identity.Id} has {_calls.Count} calls, and the limit of {_settings.MaxWaitingCalls} that wait is reached")
                {
                    NeverSent = true,
                };
            }

            var call = new AttachedCall(
                (++_begun).ToString(CultureInfo.InvariantCulture), asked, streaming, _settings.ChunksAhead, _time.GetTimestamp());
            if (_calls.Count < _atOnce)
            {
                Start(call);
            }
            else
            {
                call.Waiting = _waiting.AddLast(call);
            }

            return call;
        }
    }

    private void Start(AttachedCall call)
    {
        call.Waiting = null;
        _calls.Add(call.Id, call);
        call.Message = Outbox.Add(() => MessageOf(call));
    }

    private ServerMessage MessageOf(AttachedCall call)
    {
        var left = call.Call.TimeLeft - _time.GetElapsedTime(call.Began);
        return new ServerMessage
        {
            Call = new Call
            {
                CallId = call.Id,
                Request = call.Call.Request,
                Streaming = call.Streaming,
                TimeoutMs = Math.Max(1, (long)left.TotalMilliseconds),
                Chunks = call.Streaming ? _settings.ChunksAhead : 0,
            },
        };
    }

    /// <summary>Nobody waits any more. No effect on a call that has ended.</summary>
    private void GiveUp(AttachedCall call)
    {
        lock (_gate)
        {
            if (call.Waiting is { List: not null } place)
            {
                _waiting.Remove(place);
                _failed++;
            }
            else if (_calls.ContainsKey(call.Id))
            {
                Cancel(call, "nobody waits for the answer any more");
            }
        }
    }

    private void Cancel(AttachedCall call, string reason)
    {
        if (!Outbox.Remove(call.Message!))
        {
            Outbox.Add(new ServerMessage { Cancelled = new CallCancelled { CallId = call.Id, Reason = reason } });
        }

        Remove(call, failed: true);
    }

    private void Remove(AttachedCall call, bool failed)
    {
        _calls.Remove(call.Id);
        _failed += failed ? 1 : 0;
        if (_waiting.First is { } next)
        {
            _waiting.RemoveFirst();
            Start(next.Value);
        }

        EndIfIdle();
    }

    private void EndIfIdle()
    {
        if (_draining && _calls.Count == 0)
        {
            End(new RpcStatus(RpcCode.Unavailable, "the server is shutting down"));
        }
    }
}
