using Npgsql;
using Snakepit.Protocol.Storing;
using static Snakepit.Protocol.Storing.ArchiveRecord;

namespace Snakepit.Storage.Postgres;

/// <summary>
/// Writes the rows of new sessions within a transaction, as many at a time as make a statement worth its while.
/// The sessions' own rows come last: until the end of the transaction they keep others from their names.
/// </summary>
internal sealed class ArchivedRows(NpgsqlConnection connection, CancellationToken cancellation)
{
    private const long BytesPerStatement = 1024 * 1024;
    private const int RowsPerStatement = 5_000;

    private const string CreateSessions =
        "WITH made AS (INSERT INTO sessions(key, tenant, id, commit_number, revision, floor, expires_at, created_at, header, tools) " +
        "SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bytea[], $12::bytea[]) " +
        "ON CONFLICT (tenant, id) DO NOTHING RETURNING key) " +
        "INSERT INTO heads(session, number, revision) SELECT made.key, new.number, new.revision " +
        "FROM unnest($1::bigint[], $10::bigint[], $11::bigint[]) AS new(key, number, revision) JOIN made ON made.key = new.key RETURNING session";

    private const string AddCommits =
        "INSERT INTO log(session, number, first_revision, last_revision, time, body) " +
        "SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[])";

    private const string AddLarge =
        "INSERT INTO large_values(session, revision, chunk, bytes) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::bytea[])";

    private const string AddVariables = "INSERT INTO variables(session, id, body) SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[])";

    private const string AddRequests = "INSERT INTO requests(session, request_id, body) SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[])";

    private readonly List<(long Key, ArchivedSession Row)> _sessions = [];
    private readonly List<(long Key, ArchivedCommit Row)> _commits = [];
    private readonly List<(long Key, ArchivedLargeValue Row)> _large = [];
    private readonly List<(long Key, ArchivedVariable Row)> _variables = [];
    private readonly List<(long Key, ArchivedRequest Row)> _requests = [];
    private long _bytes;
    private int _rows;

    /// <summary>Adds what belongs to the session of that internal key, itself included.</summary>
    public async ValueTask AddAsync(long key, ArchiveRecord record)
    {
        switch (record.ContentCase)
        {
            case ContentOneofCase.Session:
                _sessions.Add((key, record.Session));
                return;
            case ContentOneofCase.Commit:
                _commits.Add((key, record.Commit));
                _bytes += record.Commit.Body.Length;
                break;
            case ContentOneofCase.LargeValue:
                _large.Add((key, record.LargeValue));
                _bytes += record.LargeValue.Bytes.Length;
                break;
            case ContentOneofCase.Variable:
                _variables.Add((key, record.Variable));
                _bytes += record.Variable.Body.Length;
                break;
            case ContentOneofCase.Request:
                _requests.Add((key, record.Request));
                _bytes += record.Request.Body.Length;
                break;
            default:
                throw new ArgumentException($"A {record.ContentCase} belongs to no session.", nameof(record));
        }

        _rows++;
        if (_bytes >= BytesPerStatement || _rows == RowsPerStatement)
        {
            await WriteAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Writes what is left.</summary>
    /// <exception cref="InvalidDataException">One of the sessions was made by another meanwhile: try again from the start.</exception>
    public async Task FinishAsync()
    {
        await WriteAsync().ConfigureAwait(false);
        if (_sessions.Count == 0)
        {
            return;
        }

        var made = await connection.QueryAsync(SessionsOf([.. _sessions]), rows => rows.GetInt64(0), cancellation).ConfigureAwait(false);
        if (made.Count < _sessions.Count)
        {
            throw new InvalidDataException("a session of the file was made at the same time");
        }
    }

    private async Task WriteAsync()
    {
        await using var batch = new NpgsqlBatch(connection);
        Add(_commits, rows => Sql.Command(
            AddCommits,
            Column(rows, row => row.Key),
            Column(rows, row => row.Row.Number),
            Column(rows, row => row.Row.FirstRevision),
            Column(rows, row => row.Row.LastRevision),
            Column(rows, row => row.Row.Time),
            Column(rows, row => row.Row.Body.ToByteArray())));
        Add(_large, rows => Sql.Command(
            AddLarge,
            Column(rows, row => row.Key),
            Column(rows, row => row.Row.Revision),
            Column(rows, row => row.Row.Chunk),
            Column(rows, row => row.Row.Bytes.ToByteArray())));
        Add(_variables, rows => Sql.Command(
            AddVariables, Column(rows, row => row.Key), Column(rows, row => Sql.Bytes(row.Row.Id)), Column(rows, row => row.Row.Body.ToByteArray())));
        Add(_requests, rows => Sql.Command(
            AddRequests, Column(rows, row => row.Key), Column(rows, row => Sql.Bytes(row.Row.Id)), Column(rows, row => row.Row.Body.ToByteArray())));
        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        }

        (_bytes, _rows) = (0, 0);

        void Add<TRow>(List<TRow> rows, Func<TRow[], NpgsqlBatchCommand> command)
        {
            if (rows.Count > 0)
            {
                batch.BatchCommands.Add(command([.. rows]));
                rows.Clear();
            }
        }
    }

    private static NpgsqlBatchCommand SessionsOf((long Key, ArchivedSession Row)[] rows) => Sql.Command(
        CreateSessions,
        Column(rows, row => row.Key),
        Column(rows, row => Sql.Bytes(row.Row.Tenant)),
        Column(rows, row => Sql.Bytes(row.Row.Id)),
        Column(rows, row => row.Row.CommitNumber),
        Column(rows, row => row.Row.Revision),
        Column(rows, row => row.Row.Floor),
        Column(rows, row => row.Row.ExpiresAt),
        Column(rows, row => CreationTime.Write(SessionHeader.Parser.ParseFrom(row.Row.Header).CreatedAt.ToDateTimeOffset())),
        Column(rows, row => row.Row.Header.ToByteArray()),
        Column(rows, row => row.Row.NewestNumber),
        Column(rows, row => row.Row.NewestRevision),
        Column(rows, row => row.Row.Tools.ToByteArray()));

    private static NpgsqlParameter Column<TRow, TColumn>(TRow[] rows, Func<TRow, TColumn> column) =>
        Sql.Value(Array.ConvertAll(rows, row => column(row)));
}
