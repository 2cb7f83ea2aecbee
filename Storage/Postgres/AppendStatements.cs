using Npgsql;

namespace Snakepit.Storage.Postgres;

/// <summary>What stores a batch of commits: a few statements however many there are, each an array a column.</summary>
internal static class AppendStatements
{
    private const string Rows =
        "unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[]) " +
        "AS new(session, number, first_revision, last_revision, time, body)";

    private const string Fence =
        "heads.session = new.session AND heads.number = new.number - 1 AND heads.revision = new.first_revision - 1";

    private const string Append =
        "WITH fenced AS (UPDATE heads SET number = new.number, revision = new.last_revision " +
        $"FROM {Rows} WHERE {Fence} RETURNING new.*) " +
        "INSERT INTO log(session, number, first_revision, last_revision, time, body) SELECT * FROM fenced RETURNING session";

    // The same of one commit, with its large values.
    private const string AppendLarge =
        "WITH fenced AS (UPDATE heads SET number = new.number, revision = new.last_revision " +
        $"FROM {Rows} WHERE {Fence} RETURNING new.*), " +
        "logged AS (INSERT INTO log(session, number, first_revision, last_revision, time, body) SELECT * FROM fenced), " +
        "kept AS (INSERT INTO large_values(session, revision, chunk, bytes) SELECT fenced.session, large.* FROM fenced, " +
        "unnest($7::bigint[], $8::integer[], $9::bytea[]) AS large(revision, chunk, bytes)) " +
        "SELECT session FROM fenced";

    // A tenant's creations wait for its endings, so that they know the revision that those have reached. Answers
    // with no row.
    private const string LockTenants =
        "SELECT tenant FROM unnest($1::bigint[]) AS tenant WHERE pg_advisory_xact_lock_shared(tenant) IS NULL";

    private const string CreateSessions =
        "INSERT INTO sessions(key, tenant, id, commit_number, revision, floor, expires_at, created_at, header) " +
        "SELECT new.key, new.tenant, new.id, 0, new.first_revision - 1, new.first_revision - 1, new.expires_at, new.created_at, new.header " +
        "FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bytea[]) " +
        "AS new(key, tenant, id, first_revision, expires_at, created_at, header) " +
        "WHERE new.first_revision > (SELECT coalesce(max(ended_revision), 0) FROM tenants WHERE tenant IN (new.tenant, '\\x00')) " +
        "ON CONFLICT (tenant, id) DO NOTHING";

    // Before its first commit a new session's log ends where the session begins: the rest is as for any other.
    private const string CreateHeads =
        "INSERT INTO heads(session, number, revision) SELECT sessions.key, 0, sessions.revision " +
        "FROM unnest($1::bigint[]) AS new(key) JOIN sessions ON sessions.key = new.key";

    /// <summary>All rows that these answer with are keys of sessions whose commits were stored.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Of(IReadOnlyList<PendingAppend> commits, string schema)
    {
        var creations = commits.Where(append => append.Creates).ToArray();
        if (creations.Length > 0)
        {
            yield return LockOf(creations, schema);
            yield return SessionsOf(creations);
            yield return Sql.Command(CreateHeads, Sql.Value(Column(creations, append => append.Session)));
        }

        var plain = commits.Where(append => append.Commit.LargeValues.Count == 0).ToArray();
        if (plain.Length > 0)
        {
            yield return Sql.Command(Append, RowsOf(plain));
        }

        foreach (var append in commits.Where(append => append.Commit.LargeValues.Count > 0))
        {
            var chunks = append.Encoded.LargeValues
                .SelectMany(large => LargeValues.Chunks(large.Bytes).Select((bytes, chunk) => (large.Revision, Chunk: chunk, Bytes: bytes)))
                .ToArray();
            yield return Sql.Command(
                AppendLarge,
                [
                    .. RowsOf([append]),
                    Sql.Value(Column(chunks, chunk => chunk.Revision)),
                    Sql.Value(Column(chunks, chunk => chunk.Chunk)),
                    Sql.Value(Column(chunks, chunk => chunk.Bytes)),
                ]);
        }
    }

    // In the order of their numbers, so that two processes cannot wait for each other.
    private static NpgsqlBatchCommand LockOf(PendingAppend[] creations, string schema) => Sql.Command(
        LockTenants,
        Sql.Value(creations
            .Select(append => append.Key.Tenant)
            .Distinct()
            .Select(tenant => AdvisoryLocks.Tenant(schema, tenant))
            .Order()
            .ToArray()));

    private static NpgsqlBatchCommand SessionsOf(PendingAppend[] creations)
    {
        var sorted = creations
            .OrderBy(append => append.Key.Tenant, StringComparer.Ordinal)
            .ThenBy(append => append.Key.SessionId, StringComparer.Ordinal)
            .ToArray();
        return Sql.Command(
            CreateSessions,
            Sql.Value(Column(sorted, append => append.Session)),
            Sql.Value(Column(sorted, append => Sql.Bytes(append.Key.Tenant))),
            Sql.Value(Column(sorted, append => Sql.Bytes(append.Key.SessionId))),
            Sql.Value(Column(sorted, append => append.Commit.FirstRevision)),
            Sql.Value(Column(sorted, append => UnixTime.ToMicroseconds(append.Commit.ExpiresAt))),
            Sql.Value(Column(sorted, append => CreationTime.Write(append.Commit.Record.Header?.CreatedAt?.ToDateTimeOffset() ?? append.Commit.Time))),
            Sql.Value(Column(sorted, append => append.Encoded.Header)));
    }

    private static NpgsqlParameter[] RowsOf(PendingAppend[] commits)
    {
        Array.Sort(commits, (one, other) => one.Session.CompareTo(other.Session));
        return
        [
            Sql.Value(Column(commits, append => append.Session)),
            Sql.Value(Column(commits, append => append.Commit.Number)),
            Sql.Value(Column(commits, append => append.Commit.FirstRevision)),
            Sql.Value(Column(commits, append => append.Commit.LastRevision)),
            Sql.Value(Column(commits, append => UnixTime.ToMicroseconds(append.Commit.Time))),
            Sql.Value(Column(commits, append => append.Encoded.Body)),
        ];
    }

    private static TColumn[] Column<TRow, TColumn>(TRow[] rows, Func<TRow, TColumn> column) => Array.ConvertAll(rows, row => column(row));
}
