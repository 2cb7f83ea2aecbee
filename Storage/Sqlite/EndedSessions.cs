using Snakepit.Sessions;

namespace Snakepit.Storage.Sqlite;

/// <summary>What is needed to read the log of an ended session.</summary>
/// <param name="Session">The session's internal key.</param>
/// <param name="Floor">The lowest revision from which it can be replayed.</param>
/// <param name="Revision">Where it ends.</param>
internal sealed record KeptLog(long Session, long Floor, long Revision);

/// <summary>
/// The table <c>ended</c>, for the writer's thread within its transaction, and what only memory knows of it: whose
/// logs are kept a while. Who reads them is in this process, so that after a restart none of them is of any use.
/// </summary>
internal sealed class EndedSessions : IDisposable
{
    private const int MostKeptLogs = 10_000;

    private readonly List<(SessionKey Key, DateTimeOffset CreatedAt)> _keptSince = [];
    private readonly Statement _add;
    private readonly Statement _all;
    private readonly Statement _forget;

    // Whose rows may be removed; null = to be read from the table, as at the start.
    private Queue<long>? _due;

    public EndedSessions(Database connection)
    {
        _add = new Statement(connection, "INSERT INTO ended(session) VALUES (?1)");
        _all = new Statement(connection, "SELECT session FROM ended");
        _forget = new Statement(connection, "DELETE FROM ended WHERE session = ?1");
    }

    /// <summary>For any thread. A log that is in here before it is read and after that was there meanwhile.</summary>
    public KeptLogs<KeptLog> Kept { get; } = new(MostKeptLogs);

    /// <summary>The session has ended: its rows may be removed.</summary>
    public void Add(long session)
    {
        _add.Bind(1, session).Run();
        _due?.Enqueue(session);
    }

    /// <summary>
    /// The session has ended, and its rows stay a while. Whoever finds that it has gone finds its log from then on:
    /// it is here before the transaction is committed.
    /// </summary>
    public void Keep(SessionKey key, DateTimeOffset createdAt, DateTimeOffset until, KeptLog log)
    {
        _add.Bind(1, log.Session).Run();
        Release(Kept.Add(key, createdAt, until, log));
        _keptSince.Add((key, createdAt));
    }

    /// <summary>Rows that were kept until <paramref name="now"/> or earlier may be removed.</summary>
    public void ReleaseDue(DateTimeOffset now) => Release(Kept.TakeDue(now));

    /// <summary>The next session whose rows may be removed.</summary>
    public bool TryPeekDue(out long session)
    {
        _due ??= Read();
        return _due.TryPeek(out session);
    }

    /// <summary>All rows of the one that was found by <see cref="TryPeekDue"/> are gone.</summary>
    public void ForgetDue() => _forget.Bind(1, _due!.Dequeue()).Run();

    public void AfterCommit() => _keptSince.Clear();

    public void AfterRollback()
    {
        _keptSince.ForEach(session => Kept.Forget(session.Key, session.CreatedAt));
        _keptSince.Clear();
        _due = null;
    }

    public void Dispose()
    {
        _add.Dispose();
        _all.Dispose();
        _forget.Dispose();
    }

    private void Release(List<KeptLog> logs) => logs.ForEach(log => _due?.Enqueue(log.Session));

    private Queue<long> Read()
    {
        var kept = Kept.All.Select(log => log.Session).ToHashSet();
        var due = new Queue<long>();
        using var rows = _all.Query();
        while (rows.Next())
        {
            if (!kept.Contains(rows.Integer(0)))
            {
                due.Enqueue(rows.Integer(0));
            }
        }

        return due;
    }
}
