using Snakepit.Sessions;

namespace Snakepit.Storage.Sqlite;

/// <summary>
/// Where the newest commits are in the log: those that <c>log_index</c> is without. Where many sessions are written in turn, each entry
/// made as its commit comes would write a page of the index of its own; gathered here, they are entered session by session, many to a
/// page. The writer's thread adds and takes, all within its transaction; any thread asks.
/// </summary>
/// <param name="generation">How many gather before they begin to be entered. There are at most two generations and a little.</param>
/// <remarks>A process that dies loses nothing: the log has the commits, and the next start enters what was not.</remarks>
internal sealed class LogTail(int generation)
{
    /// <summary>Some 1.3 MB where each commit is another session's.</summary>
    public const int Generation = 15_000;

    private const int MostAtOnce = 128;

    private readonly Lock _gate = new();

    // The young takes what comes while the old is being entered.
    private LogTailGeneration _young = new();
    private LogTailGeneration _old = new();

    /// <summary>How many are to be entered at once, so that they share pages.</summary>
    public int AtOnce { get; } = Math.Min(generation, MostAtOnce);

    /// <summary>Answers with how many of the session have gathered.</summary>
    public int Add(SessionKey key, LogPlace place)
    {
        lock (_gate)
        {
            return _young.Add(key, place);
        }
    }

    /// <summary>
    /// A session's, oldest first. Ask before the snapshot begins in which the index is read: of what is here now all that is durable is
    /// then either in the index or in this list, and whatever of it is not durable has no row in the snapshot.
    /// </summary>
    public IReadOnlyList<LogPlace> Of(SessionKey key)
    {
        List<LogPlace> places = [];
        lock (_gate)
        {
            _old.CopyTo(places, key);
            _young.CopyTo(places, key);
        }

        return places;
    }

    /// <summary>The newest of a session, if it waits to be entered. False = the index has it.</summary>
    public bool TryGetNewest(SessionKey key, out LogPlace place)
    {
        lock (_gate)
        {
            return _young.TryGetNewest(key, out place) || _old.TryGetNewest(key, out place);
        }
    }

    /// <summary>A session's that wait, oldest first, to be entered by this transaction.</summary>
    public List<LogPlace> Take(SessionKey key)
    {
        List<LogPlace> places = [];
        lock (_gate)
        {
            _old.Take(places, key);
            _young.Take(places, key);
        }

        return places;
    }

    /// <summary>The next of those whose turn it is, at most so many, to be entered by this transaction.</summary>
    public List<LogPlace> Take(int count)
    {
        List<LogPlace> places = [];
        lock (_gate)
        {
            _old.Take(places, count);
        }

        return places;
    }

    /// <summary>This transaction enters all that wait.</summary>
    public void TakeAll()
    {
        lock (_gate)
        {
            _old.TakeAll();
            _young.TakeAll();
        }
    }

    /// <summary>The first row of the log that waits; null = none does.</summary>
    public long? FirstWaiting() => _old.FirstWaiting() ?? _young.FirstWaiting();

    /// <summary>The transaction is durable.</summary>
    public void Commit()
    {
        bool isNew;
        lock (_gate)
        {
            _old.Commit();
            _young.Commit();
            if (_old.IsTaken)
            {
                _old.Clear();
            }

            isNew = _old.Count == 0 && _young.Count >= generation;
            if (isNew)
            {
                (_old, _young) = (_young, _old);
            }
        }

        if (isNew)
        {
            _old.Sort();
        }
    }

    /// <summary>The transaction was rolled back.</summary>
    public void Rollback()
    {
        lock (_gate)
        {
            _old.Rollback();
            _young.Rollback();
        }
    }
}
