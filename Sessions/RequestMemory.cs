using System.Diagnostics.CodeAnalysis;
using Snakepit.Protocol.Storing;

namespace Snakepit.Sessions;

/// <summary>
/// The requests a session remembers with their replies, so that one asked again answers as the first time.
/// Kept: the newest 1,000, and every one younger than ten minutes. Those whose ids a gateway minted are kept
/// only until it says that they are answered.
/// </summary>
public sealed class RequestMemory
{
    public const int Newest = 1_000;

    private Dictionary<string, RequestRecord>? _byId;
    private Queue<RequestRecord>? _inOrder;
    private Dictionary<string, CallerMemory>? _callers;
    private Queue<string>? _forgettable;
    private int _minted;

    public static TimeSpan Youngest { get; } = TimeSpan.FromMinutes(10);

    public int Count => _byId?.Count ?? 0;

    /// <summary>Those whose ids clients chose.</summary>
    public int CountOfClients => Count - _minted;

    public RequestRecord? Find(string requestId) => _byId?.GetValueOrDefault(requestId);

    /// <summary>Whether its caller has said that the call is answered: a copy of it that arrives now must do nothing.</summary>
    public bool IsSettled(MintedRequestId id) =>
        _callers is not null && _callers.TryGetValue(id.Caller, out var caller) && id.Sequence < caller.Settled;

    public void Add(RequestRecord request)
    {
        _byId ??= new Dictionary<string, RequestRecord>(StringComparer.Ordinal);
        if (MintedRequestId.TryParse(request.RequestId, out var minted))
        {
            AddMinted(request, minted.Value);
            return;
        }

        // An id may come again once it was forgotten; a store that forgets later than the log shows both.
        _inOrder ??= new Queue<RequestRecord>();
        _byId[request.RequestId] = request;
        _inOrder.Enqueue(request);
    }

    /// <summary>Forgets one request that need not be remembered any more, oldest first; false when there is none.</summary>
    public bool TryForget(DateTimeOffset now, [NotNullWhen(true)] out string? requestId)
    {
        while (CountOfClients > Newest && _inOrder!.Peek().Time.ToDateTimeOffset() < now - Youngest)
        {
            var oldest = _inOrder.Dequeue();
            if (ReferenceEquals(Find(oldest.RequestId), oldest))
            {
                _byId!.Remove(oldest.RequestId);
                requestId = oldest.RequestId;
                return true;
            }
        }

        return TryForgetMinted(now, out requestId);
    }

    private void AddMinted(RequestRecord request, MintedRequestId id)
    {
        _callers ??= new Dictionary<string, CallerMemory>(StringComparer.Ordinal);
        _forgettable ??= new Queue<string>();
        if (!_callers.TryGetValue(id.Caller, out var caller))
        {
            _callers.Add(id.Caller, caller = new CallerMemory());
        }

        if (_byId!.TryAdd(request.RequestId, request))
        {
            _minted++;
            caller.Add(request, id, _forgettable);
        }
    }

    private bool TryForgetMinted(DateTimeOffset now, [NotNullWhen(true)] out string? requestId)
    {
        requestId = null;
        if (_callers is null)
        {
            return false;
        }

        // A gateway that has gone says nothing any more. There are as many callers as gateways, so looking at each is cheap.
        foreach (var (name, caller) in _callers)
        {
            if (caller.LastTime < now - Youngest)
            {
                caller.LetGo(_forgettable!);
                _callers.Remove(name);
            }
        }

        if (!_forgettable!.TryDequeue(out requestId))
        {
            return false;
        }

        _byId!.Remove(requestId);
        _minted--;
        return true;
    }

    /// <summary>What is remembered for one gateway.</summary>
    private sealed class CallerMemory
    {
        private readonly PriorityQueue<string, long> _unsettled = new();

        public long Settled { get; private set; }

        public DateTimeOffset LastTime { get; private set; }

        public void Add(RequestRecord request, MintedRequestId id, Queue<string> forgettable)
        {
            LastTime = request.Time.ToDateTimeOffset();
            _unsettled.Enqueue(request.RequestId, id.Sequence);
            Settled = Math.Max(Settled, id.Settled);
            while (_unsettled.TryPeek(out var oldest, out var sequence) && sequence < Settled)
            {
                _unsettled.Dequeue();
                forgettable.Enqueue(oldest);
            }
        }

        public void LetGo(Queue<string> forgettable)
        {
            while (_unsettled.TryDequeue(out var oldest, out _))
            {
                forgettable.Enqueue(oldest);
            }
        }
    }
}
