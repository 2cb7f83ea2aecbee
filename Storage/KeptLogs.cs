using Snakepit.Sessions;

namespace Snakepit.Storage;

/// <summary>
/// The logs of ended sessions that one process keeps for its watchers: found by the session's name and by when it was
/// made, let go of when their time has passed. For stores whose watchers are all in the same process: they end with it,
/// and so does what this knows. Safe from any thread.
/// </summary>
/// <typeparam name="TLog">What the store needs to read such a log.</typeparam>
/// <param name="most">How many are kept; the one whose time ends first makes room for one more.</param>
internal sealed class KeptLogs<TLog>(int most)
    where TLog : class
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(SessionKey Key, long CreatedAt), TLog> _logs = [];

    // Some may be of logs that have gone since, or made room.
    private readonly PriorityQueue<((SessionKey Key, long CreatedAt) Session, TLog Log), DateTimeOffset> _byTime = new();

    /// <summary>All of them, in no order.</summary>
    public IReadOnlyList<TLog> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _logs.Values];
            }
        }
    }

    /// <summary>Keeps one; answers with those that had to make room for it.</summary>
    public List<TLog> Add(SessionKey key, DateTimeOffset createdAt, DateTimeOffset until, TLog log)
    {
        var displaced = new List<TLog>();
        var session = (key, UnixTime.ToMicroseconds(createdAt));
        lock (_gate)
        {
            // The session was imported again, as it had been exported before its end.
            if (_logs.Remove(session, out var same))
            {
                displaced.Add(same);
            }

            while (_logs.Count >= most && _byTime.TryDequeue(out var first, out _))
            {
                Take(first, displaced);
            }

            _logs.Add(session, log);
            _byTime.Enqueue((session, log), until);
        }

        return displaced;
    }

    /// <summary>Null where there is none, or none any more.</summary>
    public TLog? Find(SessionKey key, DateTimeOffset createdAt)
    {
        lock (_gate)
        {
            return _logs.GetValueOrDefault((key, UnixTime.ToMicroseconds(createdAt)));
        }
    }

    /// <summary>It is not to be kept after all.</summary>
    public void Forget(SessionKey key, DateTimeOffset createdAt)
    {
        lock (_gate)
        {
            _logs.Remove((key, UnixTime.ToMicroseconds(createdAt)));
        }
    }

    public bool AreAnyDue(DateTimeOffset now)
    {
        lock (_gate)
        {
            return _byTime.TryPeek(out _, out var until) && until <= now;
        }
    }

    /// <summary>Those whose time has passed, which are kept no longer.</summary>
    public List<TLog> TakeDue(DateTimeOffset now)
    {
        var due = new List<TLog>();
        lock (_gate)
        {
            while (_byTime.TryPeek(out var first, out var until) && until <= now)
            {
                _byTime.Dequeue();
                Take(first, due);
            }
        }

        return due;
    }

    private void Take(((SessionKey Key, long CreatedAt) Session, TLog Log) kept, List<TLog> taken)
    {
        if (ReferenceEquals(_logs.GetValueOrDefault(kept.Session), kept.Log))
        {
            _logs.Remove(kept.Session);
            taken.Add(kept.Log);
        }
    }
}
