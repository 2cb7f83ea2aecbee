
namespace Snakepit.Storage.Sqlite;

/// <summary>What a store holds, as of its last transaction.</summary>
internal sealed record Counts(long Sessions, long Calculations);

/// <summary>
/// Everything that can be written, for use on the writer's thread within its transaction, and the counts that
/// change with it.
/// </summary>
internal sealed class SqliteWrites : IDisposable
{
    private readonly Statement _setCount;
    private volatile Counts _counts;

    public SqliteWrites(Database connection, ValueFile values, LogTail tail)
    {
        _setCount = new Statement(connection, "UPDATE meta SET value = ?2 WHERE name = ?1");
        _counts = new Counts(
            connection.Number("SELECT value FROM meta WHERE name = 'sessions'"),
            connection.Number("SELECT value FROM meta WHERE name = 'calculations'"));
        Connection = connection;
        Ended = new EndedSessions(connection);
        Log = new LogWrites(connection, tail);
        Large = new LargeValueWrites(connection, values);
        Sessions = new SessionWrites(connection, Log, Large, Ended);
        Checkpoints = new CheckpointWrites(connection, Log);
        Removals = new Removals(connection, Log, Large, Ended);
        Calculations = new CalculationWrites(connection);
    }

    public Database Connection { get; }

    public EndedSessions Ended { get; }

    public LogWrites Log { get; }

    public LargeValueWrites Large { get; }

    public SessionWrites Sessions { get; }

    public CheckpointWrites Checkpoints { get; }

    public Removals Removals { get; }

    public CalculationWrites Calculations { get; }

    /// <summary>May be read by any thread.</summary>
    public Counts Counts => _counts;

    /// <summary>Changes nothing, and yet has the transaction write to the disk: SQLite compares a row with what it was, but not the format's version.</summary>
    public void Probe() => Connection.Execute($"PRAGMA user_version = {Connection.Number("PRAGMA user_version")}");

    public void BeforeCommit()
    {
        Log.BeforeCommit();
        Large.BeforeCommit();
        if (Sessions.Added != 0)
        {
            _setCount.Bind(1, "sessions").Bind(2, _counts.Sessions + Sessions.Added).Run();
        }

        if (Calculations.Added != 0)
        {
            _setCount.Bind(1, "calculations").Bind(2, _counts.Calculations + Calculations.Added).Run();
        }
    }

    public void AfterCommit()
    {
        Log.AfterCommit();
        Large.AfterCommit();
        Ended.AfterCommit();
        if (Sessions.Added != 0 || Calculations.Added != 0)
        {
            _counts = new Counts(_counts.Sessions + Sessions.Added, _counts.Calculations + Calculations.Added);
            Sessions.Added = 0;
            Calculations.Added = 0;
        }
    }

    /// <param name="isKnown">False where it may have happened after all, as the next process will see.</param>
    public void AfterRollback(bool isKnown)
    {
        Log.AfterRollback();
        Large.AfterRollback(isKnown);
        Ended.AfterRollback();
        Sessions.Forget();
        Calculations.Added = 0;
    }

    public void Dispose()
    {
        _setCount.Dispose();
        Log.Dispose();
        Large.Dispose();
        Sessions.Dispose();
        Checkpoints.Dispose();
        Removals.Dispose();
        Ended.Dispose();
        Calculations.Dispose();
    }
}
