using Microsoft.Extensions.Logging;

namespace Snakepit.Storage.Postgres;

/// <summary>
/// How many sessions are stored: counted now and then in the background, and what this process has changed
/// since. Other processes' changes show with the next count.
/// </summary>
internal sealed class SessionCount(PostgresDatabase database, TimeProvider time, ILogger logger)
{
    // Above this the planner's estimate will do.
    private const int CountedAtMost = 100_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    // A count that changes of our own ran into may or may not include them. It is not used, unless they go on
    // and on.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private long _value;
    private long _counted;
    private long _asked;
    private long _changes;
    private int _changing;
    private bool _counting;

    public long Value
    {
        get
        {
            lock (_gate)
            {
                if (!_counting && time.GetElapsedTime(_asked) > Interval)
                {
                    _ = CountInBackgroundAsync();
                }

                return Math.Max(0, _value);
            }
        }
    }

    /// <summary>Counts now.</summary>
    /// <exception cref="StoreException">The server could not be asked.</exception>
    public async Task CountAsync(CancellationToken cancellation)
    {
        long before;
        bool disturbed;
        lock (_gate)
        {
            (_counting, _asked) = (true, time.GetTimestamp());
            (before, disturbed) = (_changes, _changing > 0);
        }

        try
        {
            var found = await database.ReadAsync(
                connection => connection.QueryAsync(
                    Sql.Command(
                        "SELECT count(*), (SELECT reltuples::bigint FROM pg_class WHERE oid = 'sessions'::regclass) " +
                        "FROM (SELECT FROM sessions LIMIT $1) AS counted",
                        Sql.Value(CountedAtMost)),
                    row => row.GetInt64(0) < CountedAtMost ? row.GetInt64(0) : Math.Max(CountedAtMost, row.GetInt64(1)),
                    cancellation),
                cancellation).ConfigureAwait(false);
            lock (_gate)
            {
                if ((!disturbed && before == _changes && _changing == 0) || time.GetElapsedTime(_counted) > Patience)
                {
                    (_value, _counted) = (found[0], time.GetTimestamp());
                }
            }
        }
        finally
        {
            lock (_gate)
            {
                _counting = false;
            }
        }
    }

    /// <summary>Announces a change, to be disposed of when it is over.</summary>
    public Changing Change()
    {
        lock (_gate)
        {
            _changing++;
        }

        return new Changing(this);
    }

    private async Task CountInBackgroundAsync()
    {
        try
        {
            await CountAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreException error)
        {
            logger.CountFailed(error.Message);
        }
    }

    /// <summary>A change of what is stored that is under way.</summary>
    public sealed class Changing(SessionCount owner) : IDisposable
    {
        /// <summary>It is durable: there are so many more.</summary>
        public void Add(long sessions)
        {
            lock (owner._gate)
            {
                owner._value += sessions;
            }
        }

        public void Dispose()
        {
            lock (owner._gate)
            {
                owner._changing--;
                owner._changes++;
            }
        }
    }
}
