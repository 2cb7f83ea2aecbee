using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Snakepit.Protocol.Storing;
using Snakepit.Storage.Archive;

namespace Snakepit.Storage.Sqlite;

/// <summary>Reads everything for a file of exported sessions, over a connection of its own and from one snapshot.</summary>
internal static class ArchiveReads
{
    // What the log's index is without in this snapshot: a process may be using the file.
    public const string Recent =
        "CREATE TEMP TABLE recent(session, last_revision, number, seq, PRIMARY KEY (session, last_revision, number)) WITHOUT ROWID; " +
        "INSERT INTO recent SELECT session, last_revision, number, seq FROM log " +
        "WHERE seq > (SELECT value FROM meta WHERE name = 'log_entered') AND NOT EXISTS " +
        "(SELECT 1 FROM log_index i WHERE i.session = log.session AND i.last_revision = log.last_revision AND i.number = log.number)";

    // Out of the index alone.
    private const string Keys = "SELECT key FROM sessions ORDER BY tenant, id";

    // Of either, one look.
    private const string Newest =
        "SELECT * FROM (SELECT number, last_revision FROM log_index WHERE session = $key ORDER BY last_revision DESC, number DESC LIMIT 1) " +
        "UNION ALL SELECT * FROM (SELECT number, last_revision FROM recent WHERE session = $key ORDER BY last_revision DESC, number DESC LIMIT 1)";

    // Names as their bytes: a text may contain NUL, where a reader of texts would stop. Of checkpoint and log
    // the one that goes further tells the newest commit.
    public const string Session =
        "SELECT CAST(tenant AS BLOB), CAST(id AS BLOB), commit_number, revision, floor, expires_at, header, " +
        "max(commit_number, coalesce((SELECT max(number) FROM (" + Newest + ")), 0)), " +
        "max(revision, coalesce((SELECT max(last_revision) FROM (" + Newest + ")), 0)), " +
        "coalesce(tools, x'') FROM sessions WHERE key = $key; " +
        "SELECT number, first_revision, last_revision, time, body FROM log_index CROSS JOIN log USING (seq, session, number, last_revision) " +
        "WHERE session = $key UNION ALL " +
        "SELECT number, first_revision, last_revision, time, body FROM recent CROSS JOIN log USING (seq, session, number, last_revision) " +
        "WHERE session = $key ORDER BY last_revision, number; " +
        "SELECT revision, chunk, CASE WHEN place IS NULL THEN bytes ELSE value_at(place, length, checksum) END FROM large_values WHERE session = $key ORDER BY revision, chunk; " +
        "SELECT CAST(id AS BLOB), body FROM variables WHERE session = $key ORDER BY id; " +
        "SELECT CAST(request_id AS BLOB), body FROM requests WHERE session = $key ORDER BY request_id";

    private const string Tenants = "SELECT CAST(tenant AS BLOB), ended_revision FROM tenants ORDER BY tenant";

    private const string Calculations = "SELECT CAST(token AS BLOB), value, expires_at FROM calculations ORDER BY token";

    public static async IAsyncEnumerable<ArchiveRecord> AllAsync(
        SqliteFile file, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var connection = Open(file);
        await using var snapshot = connection.BeginTransaction(deferred: true);
        await using (var recent = Command(connection, snapshot, Recent))
        {
            await recent.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        }

        await using (var all = Command(connection, snapshot, Keys))
        await using (var keys = await all.ExecuteReaderAsync(cancellation).ConfigureAwait(false))
        {
            await using var session = Command(connection, snapshot, Session);
            var key = session.Parameters.Add("$key", SqliteType.Integer);
            while (await keys.ReadAsync(cancellation).ConfigureAwait(false))
            {
                key.Value = keys.GetInt64(0);
                await using var rows = await session.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
                await foreach (var record in ArchiveRows.SessionAsync(rows, cancellation).ConfigureAwait(false))
                {
                    yield return record;
                }
            }
        }

        foreach (var (sql, read) in (IEnumerable<(string, Func<DbDataReader, ArchiveRecord>)>)
            [(Tenants, ArchiveRows.Tenant), (Calculations, ArchiveRows.Calculation)])
        {
            await using var command = Command(connection, snapshot, sql);
            await using var rows = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
            while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
            {
                yield return read(rows);
            }
        }
    }

    /// <summary>A connection that knows the function <c>value_at</c> of the statements.</summary>
    public static SqliteConnection Open(SqliteFile file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file.ToString(),
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        }.ConnectionString);
        connection.Open();
        using (var settings = connection.CreateCommand())
        {
            settings.CommandText = SqliteFile.ReaderSettings;
            settings.ExecuteNonQuery();
        }

        connection.CreateFunction("value_at", (long place, int length, long checksum) => Chunk(file.Values, place, length, checksum));
        return connection;
    }

    private static byte[] Chunk(ValueFile values, long place, int length, long checksum)
    {
        var chunk = new byte[length];
        values.Read(place, chunk, checksum);
        return chunk;
    }

    private static SqliteCommand Command(SqliteConnection connection, SqliteTransaction snapshot, string sql)
    {
        var command = connection.CreateCommand();
        command.Transaction = snapshot;
        command.CommandText = sql;
        return command;
    }
}
