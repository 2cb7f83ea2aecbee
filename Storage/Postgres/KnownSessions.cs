using Snakepit.Sessions;

namespace Snakepit.Storage.Postgres;

/// <summary>
/// The internal keys of sessions lately loaded or written. A key never returns, so one that has gone can at the
/// worst have a commit fenced. For any thread.
/// </summary>
internal sealed class KnownSessions
{
    private readonly Lock _gate = new();
    private readonly RecentSessions<long> _keys = new();

    /// <summary>0 where it is not known.</summary>
    public long Find(SessionKey key)
    {
        lock (_gate)
        {
            return _keys.TryGet(key, out var session) ? session : 0;
        }
    }

    public void Set(SessionKey key, long session)
    {
        lock (_gate)
        {
            _keys.Set(key, session);
        }
    }

    public void Remove(SessionKey key)
    {
        lock (_gate)
        {
            _keys.Remove(key);
        }
    }
}
