using System.Runtime.CompilerServices;
using Npgsql;
using Snakepit.Protocol.Storing;
using Snakepit.Storage.Archive;

namespace Snakepit.Storage.Postgres;

/// <summary>
/// Reads everything for a file of exported sessions: each session in one round trip, from one state of the
/// database, its rows as they come off the wire.
/// </summary>
internal sealed class ArchiveReads(PostgresDatabase database)
{
    // The first session whose name is not below $1 and $2. All statements of a transaction find the same.
    private const string Key = "(SELECT key FROM sessions WHERE (tenant, id) >= ($1, $2) ORDER BY tenant, id LIMIT 1)";

    private static readonly string[] OfSession =
    [
        "SELECT s.tenant, s.id, s.commit_number, s.revision, s.floor, s.expires_at, s.header, h.number, h.revision, coalesce(s.tools, '') " +
        $"FROM sessions s JOIN heads h ON h.session = s.key WHERE s.key = {Key}",
        $"SELECT number, first_revision, last_revision, time, body FROM log WHERE session = {Key} ORDER BY last_revision, number",
        $"SELECT revision, chunk, bytes FROM large_values WHERE session = {Key} ORDER BY revision, chunk",
        $"SELECT id, body FROM variables WHERE session = {Key} ORDER BY id",
        $"SELECT request_id, body FROM requests WHERE session = {Key} ORDER BY request_id",
    ];

    public async IAsyncEnumerable<ArchiveRecord> AllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var connection = await database.ConnectAsync("read", cancellation).ConfigureAwait(false);
        ArchivedSession? last = null;
        bool found;
        do
        {
            found = false;
            await using var questions = Questions(connection, last);
            await using var rows = await questions.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
            await foreach (var record in ArchiveRows.SessionAsync(rows, cancellation).ConfigureAwait(false))
            {
                found = true;
                last = record.Session ?? last;
                yield return record;
            }
        }
        while (found);

        await using var tenants = new NpgsqlBatch(connection)
        {
            BatchCommands = { Sql.Command("SELECT tenant, ended_revision FROM tenants ORDER BY tenant") },
        };
        await using var ended = await tenants.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await ended.ReadAsync(cancellation).ConfigureAwait(false))
        {
            yield return ArchiveRows.Tenant(ended);
        }
    }

    private static NpgsqlBatch Questions(NpgsqlConnection connection, ArchivedSession? last)
    {
        // NUL is the least that can be added to a name.
        var from = last is null ? (Tenant: "", Id: "") : (Tenant: last.Tenant, Id: $"{last.Id}\0");
        var batch = new NpgsqlBatch(connection) { BatchCommands = { Sql.Command(Snapshot.Begin) } };

        // A statement lasts as long as its rows are read, and whoever takes the file may be slow.
        batch.BatchCommands.Add(Sql.Command("SET LOCAL statement_timeout = 0"));
        foreach (var question in OfSession)
        {
            batch.BatchCommands.Add(Sql.Command(question, Sql.Name(from.Tenant), Sql.Name(from.Id)));
        }

        batch.BatchCommands.Add(Sql.Command("COMMIT"));
        return batch;
    }
}
