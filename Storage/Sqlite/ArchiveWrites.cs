using Snakepit.Protocol.Storing;
using Snakepit.Storage.Archive;
using SQLitePCL;
using static Snakepit.Protocol.Storing.ArchiveRecord;

namespace Snakepit.Storage.Sqlite;

/// <summary>Stores sessions out of a file, for the writer's thread within its transaction.</summary>
internal sealed class ArchiveWrites(SqliteWrites writes) : IDisposable
{
    private readonly Statement _createdAt = new(writes.Connection, "SELECT header FROM sessions WHERE key = ?1");

    private readonly Statement _create = new(
        writes.Connection,
        "INSERT INTO sessions(tenant, id, commit_number, revision, floor, expires_at, header, tools) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");

    private readonly Statement _large = new(writes.Connection, LargeValueWrites.AppendSql);
    private readonly Statement _variable = new(writes.Connection, CheckpointWrites.SetVariableSql);
    private readonly Statement _request = new(writes.Connection, CheckpointWrites.SetRequestSql);

    // Of the session at hand; 0 = it is there already.
    private long _session;

    /// <summary>What became of each session. Of those that are there nothing is touched.</summary>
    public static List<SessionImport> Import(SqliteWrites writes, IEnumerable<ArchiveRecord> records)
    {
        // So that the next start has no need to look through all that is imported.
        writes.Log.EnterAll();
        var outcomes = new List<SessionImport>();
        using var archive = new ArchiveWrites(writes);
        foreach (var record in records)
        {
            if (record.Session is { } session)
            {
                outcomes.Add(new SessionImport(ArchiveCheck.KeyOf(session), archive.Begin(session)));
            }
            else if (archive._session != 0)
            {
                archive.Add(record);
            }
        }

        return outcomes;
    }

    public void Dispose()
    {
        _createdAt.Dispose();
        _create.Dispose();
        _large.Dispose();
        _variable.Dispose();
        _request.Dispose();
    }

    private ImportOutcome Begin(ArchivedSession session)
    {
        _session = 0;
        if (writes.Sessions.TryFindNewest(ArchiveCheck.KeyOf(session), out var newest))
        {
            return FileCheck.IsSame(session, End(newest)) ? ImportOutcome.Present : ImportOutcome.Different;
        }

        _create
            .Bind(1, session.Tenant)
            .Bind(2, session.Id)
            .Bind(3, session.CommitNumber)
            .Bind(4, session.Revision)
            .Bind(5, session.Floor)
            .Bind(6, session.ExpiresAt)
            .Bind(7, session.Header.Span)
            .Bind(8, session.Tools.Span)
            .Run();
        _session = raw.sqlite3_last_insert_rowid(writes.Connection.Handle);
        writes.Sessions.Added++;
        return ImportOutcome.Imported;
    }

    private LogEnd End(NewestCommit newest)
    {
        using var rows = _createdAt.Bind(1, newest.Session).Query();
        rows.Next();
        return new LogEnd(newest.Number, newest.Revision, SessionHeader.Parser.ParseFrom(rows.Bytes(0)).CreatedAt.ToDateTimeOffset());
    }

    private void Add(ArchiveRecord record)
    {
        switch (record.ContentCase)
        {
            case ContentOneofCase.Commit:
                writes.Log.Import(_session, record.Commit);
                break;
            case ContentOneofCase.LargeValue:
                var large = record.LargeValue;
                _large.Bind(1, _session).Bind(2, large.Revision).Bind(3, large.Chunk).Bind(4, large.Bytes.Span).Run();
                break;
            case ContentOneofCase.Variable:
                _variable.Bind(1, _session).Bind(2, record.Variable.Id).Bind(3, record.Variable.Body.Span).Run();
                break;
            case ContentOneofCase.Request:
                _request.Bind(1, _session).Bind(2, record.Request.Id).Bind(3, record.Request.Body.Span).Run();
                break;
            default:
                throw new ArgumentException($"A {record.ContentCase} belongs to no session.", nameof(record));
        }
    }
}
