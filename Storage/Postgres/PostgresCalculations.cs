namespace Snakepit.Storage.Postgres;

/// <summary>The calculator's rows among those that Orleans' storage keeps, which it can neither count nor list.</summary>
public sealed class PostgresCalculations
{
    /// <summary>The state's name, by which its rows are known.</summary>
    public const string StateName = "calculation";

    private readonly PostgresDatabase _database;
    private readonly string _service;

    internal PostgresCalculations(PostgresDatabase database, string service)
    {
        _database = database;
        _service = service;
    }

    /// <summary>How many are stored, counted up to <paramref name="limit"/>.</summary>
    /// <exception cref="StoreException">The server could not be asked.</exception>
    public async ValueTask<int> CountAsync(int limit, CancellationToken cancellation) => await _database.ReadAsync(
        async connection => (int)(await connection.QueryAsync(
            Sql.Command(
                "SELECT count(*) FROM (SELECT FROM orleans_grain_state WHERE grain_type = $1 " +
                "AND service_id = $2 LIMIT $3) AS counted",
                Sql.Value(StateName),
                Sql.Value(_service),
                Sql.Value(limit)),
            row => row.GetInt64(0),
            cancellation).ConfigureAwait(false))[0],
        cancellation).ConfigureAwait(false);

    /// <summary>Tokens of those that were not stored since a time, the oldest first.</summary>
    /// <exception cref="StoreException">The server could not be asked.</exception>
    public async ValueTask<IReadOnlyList<string>> ListUnusedAsync(
        DateTimeOffset unusedSince, int limit, CancellationToken cancellation) => await _database.ReadAsync<IReadOnlyList<string>>(
        async connection => await connection.QueryAsync(
            Sql.Command(
                "SELECT grain_id_extension FROM orleans_grain_state WHERE grain_type = $1 " +
                "AND service_id = $2 AND modified_on <= to_timestamp($3 / 1000000.0) ORDER BY modified_on LIMIT $4",
                Sql.Value(StateName),
                Sql.Value(_service),
                Sql.Value(UnixTime.ToMicroseconds(unusedSince)),
                Sql.Value(limit)),
            row => row.GetString(0),
            cancellation).ConfigureAwait(false),
        cancellation).ConfigureAwait(false);
}
