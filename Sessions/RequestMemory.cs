using System.Diagnostics.CodeAnalysis;
using Snakepit.Protocol.Storing;

namespace Snakepit.Sessions;

/// <summary>
/// The requests a session remembers with their replies, so that one asked again answers as the first time.
/// Kept: the newest 1,000, and every one younger than ten minutes.
/// </summary>
public sealed class RequestMemory
{
    public const int Newest = 1_000;

    private Dictionary<string, RequestRecord>? _byId;
    private Queue<RequestRecord>? _inOrder;

    public static TimeSpan Youngest { get; } = TimeSpan.FromMinutes(10);

    public int Count => _byId?.Count ?? 0;

    public RequestRecord? Find(string requestId) => _byId?.GetValueOrDefault(requestId);

    public void Add(RequestRecord request)
    {
        _byId ??= new Dictionary<string, RequestRecord>(StringComparer.Ordinal);
        _inOrder ??= new Queue<RequestRecord>();

        // An id may come again once it was forgotten; a store that forgets later than the log shows both.
        _byId[request.RequestId] = request;
        _inOrder.Enqueue(request);
    }

    /// <summary>Forgets one request that need not be remembered any more, oldest first; false when there is none.</summary>
    public bool TryForget(DateTimeOffset now, [NotNullWhen(true)] out string? requestId)
    {
        while (Count > Newest && _inOrder!.Peek().Time.ToDateTimeOffset() < now - Youngest)
        {
            var oldest = _inOrder.Dequeue();
            if (ReferenceEquals(Find(oldest.RequestId), oldest))
            {
                _byId!.Remove(oldest.RequestId);
                requestId = oldest.RequestId;
                return true;
            }
        }

        requestId = null;
        return false;
    }
}
