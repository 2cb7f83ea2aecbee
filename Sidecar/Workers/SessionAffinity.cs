using System.Diagnostics.CodeAnalysis;

namespace Snakepit.Sidecar.Workers;

/// <summary>
/// Which worker ran a session's last call. Bounded: the session that was used least recently is forgotten first, and
/// each after some disuse. For one caller at a time.
/// </summary>
internal sealed class SessionAffinity(int limit, TimeSpan rememberedFor, TimeProvider time)
{
    private readonly Dictionary<string, LinkedListNode<Entry>> _sessions = new(StringComparer.Ordinal);

    // The one used last stands last.
    private readonly LinkedList<Entry> _byUse = new();

    public int Count => _sessions.Count;

    /// <summary>The worker may have ended since.</summary>
    public bool TryFind(string session, [MaybeNullWhen(false)] out PoolWorker worker)
    {
        ForgetUnused();
        var found = _sessions.TryGetValue(session, out var node);
        worker = node?.Value.Worker;
        return found;
    }

    public void Remember(string session, PoolWorker worker)
    {
        ForgetUnused();
        Forget(session);
        if (_sessions.Count == limit)
        {
            Forget(_byUse.First!.Value.Session);
        }

        _sessions[session] = _byUse.AddLast(new Entry(session, worker, time.GetTimestamp()));
    }

    public void Forget(string session)
    {
        if (_sessions.Remove(session, out var node))
        {
            _byUse.Remove(node);
        }
    }

    private void ForgetUnused()
    {
        while (_byUse.First is { } oldest && time.GetElapsedTime(oldest.Value.Used) >= rememberedFor)
        {
            Forget(oldest.Value.Session);
        }
    }

    private readonly record struct Entry(string Session, PoolWorker Worker, long Used);
}
