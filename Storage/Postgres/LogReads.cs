using Npgsql;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Storage.Postgres;

/// <summary>Reads sessions' logs.</summary>
internal sealed class LogReads(PostgresDatabase database)
{
    // Bound what the server looks at for a page; a commit that changes something has hardly fewer bytes.
    private const int LeastCommitBytes = 64;
    private const int MaxRowsPerPage = 8_192;

    public Task<LogPage?> PageAsync(SessionKey key, long afterRevision, int maxBytes, CancellationToken cancellation) =>
        database.ReadAsync(connection => PageAsync(connection, key, afterRevision, maxBytes, cancellation), cancellation);

    public Task<IReadOnlyList<StoredChange>> ChainAsync(SessionKey key, long newest, int limit, CancellationToken cancellation) =>
        database.ReadAsync(
            connection => connection.HoldAsync(() => ChainAsync(connection, key, newest, limit, cancellation), cancellation),
            cancellation);

    private static async Task<LogPage?> PageAsync(
        NpgsqlConnection connection, SessionKey key, long afterRevision, int maxBytes, CancellationToken cancellation)
    {
        var (row, found) = await connection.AskAsync(
            [
                SessionRow.Find(key),
                Sql.Command(
                    LogRow.PageSql(SessionRow.KeySql, "last_revision > $3 AND first_revision <= last_revision", "$4", "$5"),
                    Sql.Name(key.Tenant),
                    Sql.Name(key.SessionId),
                    Sql.Value(afterRevision),
                    Sql.Value(Math.Clamp((maxBytes / LeastCommitBytes) + 1, 16, MaxRowsPerPage)),
                    Sql.Value((long)maxBytes)),
            ],
            async rows => (
                (await rows.ReadAllAsync(SessionRow.Read, cancellation).ConfigureAwait(false)).SingleOrDefault(),
                await rows.NextAsync(LogRow.Read, cancellation).ConfigureAwait(false)),
            cancellation).ConfigureAwait(false);
        if (row is null)
        {
            return null;
        }

        var wanted = found.SelectMany(commit => commit.LargeValues).ToHashSet();
        if (wanted.Count > 0)
        {
            var lengths = await LargeValues.ReadLengthsAsync(connection, row.Session, wanted, cancellation).ConfigureAwait(false);
            found = Fitting(found, lengths, maxBytes);
            wanted = found.SelectMany(commit => commit.LargeValues).ToHashSet();
        }

        var large = await LargeValues.ReadAsync(connection, row.Session, wanted, cancellation).ConfigureAwait(false);
        return new LogPage(row.Floor, row.Newest.Revision, [.. found.Select(commit => commit.With(large))]);
    }

    /// <summary>The commits that fit with their large values, each counted once; those of the last may go beyond.</summary>
    private static List<LogRow> Fitting(List<LogRow> commits, Dictionary<long, long> lengths, int maxBytes)
    {
        var fitting = new List<LogRow>();
        var bytes = 0L;
        foreach (var commit in commits)
        {
            bytes += commit.Bytes;
            if (fitting.Count > 0 && bytes > maxBytes)
            {
                break;
            }

            fitting.Add(commit);
            foreach (var revision in commit.LargeValues)
            {
                bytes += lengths.Remove(revision, out var length) ? length : 0;
            }
        }

        return fitting;
    }

    private static async Task<IReadOnlyList<StoredChange>> ChainAsync(
        NpgsqlConnection connection, SessionKey key, long newest, int limit, CancellationToken cancellation)
    {
        var found = await connection.QueryAsync(SessionRow.Find(key), SessionRow.Read, cancellation).ConfigureAwait(false);
        if (found is not [{ Session: var session }])
        {
            return [];
        }

        var changes = new List<ChangeRecord>();
        for (var revision = newest; revision > 0 && changes.Count < limit;)
        {
            if (await FindChangeAsync(connection, session, revision, cancellation).ConfigureAwait(false) is not { } change)
            {
                break;
            }

            changes.Add(change);
            revision = change.Previous;
        }

        var wanted = changes.Select(change => change.LargeValue).Where(revision => revision != 0).ToHashSet();
        var large = await LargeValues.ReadAsync(connection, session, wanted, cancellation).ConfigureAwait(false);
        return [.. changes.Select(change => new StoredChange(change, change.LargeValue == 0 ? null : large[change.LargeValue]))];
    }

    // Where the commit is gone, the first row at or after the revision is another's.
    private static async Task<ChangeRecord?> FindChangeAsync(
        NpgsqlConnection connection, long session, long revision, CancellationToken cancellation)
    {
        var found = await connection.QueryAsync(
            Sql.Command(
                "SELECT first_revision, body FROM log WHERE session = $1 AND last_revision >= $2 ORDER BY last_revision, number LIMIT 1",
                Sql.Value(session),
                Sql.Value(revision)),
            rows => (First: rows.GetInt64(0), Body: rows.Blob(1)),
            cancellation).ConfigureAwait(false);
        return found is [var (first, body)] && first <= revision
            ? CommitRecord.Parser.ParseFrom(body).Changes[(int)(revision - first)]
            : null;
    }
}
