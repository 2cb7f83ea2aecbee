using Google.Protobuf;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using SQLitePCL;

namespace Snakepit.Storage.Sqlite;

/// <summary>Sessions' writes, for the writer's thread within its transaction.</summary>
internal sealed class SessionWrites : IDisposable
{
    /// <summary>The session's row: its key, and where its checkpoint stands.</summary>
    public const string FindSql = "SELECT key, commit_number, revision FROM sessions WHERE tenant = ?1 AND id = ?2";

    private const string RememberSql =
        "INSERT INTO tenants(tenant, ended_revision) VALUES (?1, ?2) " +
        "ON CONFLICT DO UPDATE SET ended_revision = max(ended_revision, excluded.ended_revision)";

    private readonly Database _connection;
    private readonly RecentSessions<NewestCommit> _newest = new();
    private readonly List<Statement> _statements = [];
    private readonly Statement _find;
    private readonly Statement _create;
    private readonly Statement _touch;
    private readonly Statement _delete;
    private readonly Statement _remember;
    private readonly Statement _ended;
    private readonly Statement _expiry;
    private readonly Statement _beginning;
    private readonly LogWrites _log;
    private readonly LargeValueWrites _large;
    private readonly EndedSessions _endings;

    public SessionWrites(Database connection, LogWrites log, LargeValueWrites large, EndedSessions endings)
    {
        _log = log;
        _large = large;
        _endings = endings;
        _connection = connection;
        _find = Prepare(FindSql);
        _create = Prepare(
            "INSERT INTO sessions(tenant, id, commit_number, revision, floor, expires_at, header) VALUES (?1, ?2, 0, ?3, ?3, ?4, ?5)");
        _touch = Prepare("UPDATE sessions SET expires_at = ?3 WHERE tenant = ?1 AND id = ?2");
        _delete = Prepare("DELETE FROM sessions WHERE key = ?1");
        _remember = Prepare(RememberSql);
        _expiry = Prepare("SELECT expires_at FROM sessions WHERE key = ?1");
        _beginning = Prepare("SELECT floor, header FROM sessions WHERE key = ?1");
        _ended = Prepare(SessionRows.EndedRevisionSql);
    }

    /// <summary>How many more sessions there are since the transaction began.</summary>
    public long Added { get; set; }

    public AppendResult Append(SessionKey key, RentedCommit encoded)
    {
        var commit = encoded.Commit;
        var stored = TryFindNewest(key, out var newest);
        if (commit.Number == 1 ? stored || IsBelowEnded(key, commit) : !stored || newest.Number != commit.Number - 1 || newest.Revision != commit.FirstRevision - 1)
        {
            return AppendResult.Fenced;
        }

        var session = stored ? newest.Session : Create(key, encoded);
        _log.Append(key, session, commit, encoded.Body);
        foreach (var (revision, value) in commit.LargeValues)
        {
            _large.Append(session, revision, value);
        }

        _newest.Set(key, new NewestCommit(session, commit.Number, commit.LastRevision));
        return AppendResult.Stored;
    }

    public void Touch(IReadOnlyList<SessionExpiry> expiries)
    {
        foreach (var (key, expiresAt) in expiries)
        {
            _touch.Bind(1, key.Tenant).Bind(2, key.SessionId).Bind(3, UnixTime.ToMicroseconds(expiresAt)).Run();
        }
    }

    /// <summary>Ends a session. What it owns is left to <see cref="Removals"/>, at once or when its log is kept no longer.</summary>
    public AppendResult Delete(
        SessionKey key, long lastCommit, long lastRevision, DateTimeOffset? expiredBy = null, DateTimeOffset? keepLogUntil = null)
    {
        var stored = TryFindNewest(key, out var newest);
        if (newest.Number != lastCommit ||
            (stored && (newest.Revision != lastRevision || ExpiresLater(newest.Session, expiredBy))))
        {
            return AppendResult.Fenced;
        }

        if (stored)
        {
            // Who reads or removes its log from here on knows it by the internal key.
            _log.Enter(key);
            if (keepLogUntil is { } until)
            {
                Keep(key, newest, until);
            }
            else
            {
                _endings.Add(newest.Session);
            }

            _delete.Bind(1, newest.Session).Run();
            RememberEnded(key.Tenant, newest.Revision);
            _newest.Remove(key);
            Added--;
        }

        return AppendResult.Stored;
    }

    /// <summary>No later session of the tenant begins at or below this revision.</summary>
    public void RememberEnded(string tenant, long revision) => _remember.Bind(1, tenant).Bind(2, revision).Run();

    /// <summary>Where the log of a stored session ends.</summary>
    public bool TryFindNewest(SessionKey key, out NewestCommit newest)
    {
        if (_newest.TryGet(key, out newest))
        {
            return true;
        }

        if (!TryFind(key, out newest))
        {
            return false;
        }

        if (_log.TryFindNewest(key, newest.Session, out var logged) && logged.Number > newest.Number)
        {
            newest = logged;
        }

        _newest.Set(key, newest);
        return true;
    }

    /// <summary>Logs have grown by other statements than these.</summary>
    public void ForgetNewest() => _newest.Clear();

    /// <summary>The transaction was rolled back.</summary>
    public void Forget()
    {
        _newest.Clear();
        Added = 0;
    }

    public void Dispose() => _statements.ForEach(statement => statement.Dispose());

    private Statement Prepare(string sql)
    {
        var statement = new Statement(_connection, sql);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>The session's row: its checkpoint.</summary>
    private bool TryFind(SessionKey key, out NewestCommit row)
    {
        using var rows = _find.Bind(1, key.Tenant).Bind(2, key.SessionId).Query();
        var found = rows.Next();
        row = found ? new NewestCommit(rows.Integer(0), rows.Integer(1), rows.Integer(2)) : default;
        return found;
    }

    private void Keep(SessionKey key, NewestCommit newest, DateTimeOffset until)
    {
        long floor;
        DateTimeOffset createdAt;
        using (var rows = _beginning.Bind(1, newest.Session).Query())
        {
            rows.Next();
            floor = rows.Integer(0);
            createdAt = SessionHeader.Parser.ParseFrom(rows.Bytes(1)).CreatedAt.ToDateTimeOffset();
        }

        _endings.Keep(key, createdAt, until, new KeptLog(newest.Session, floor, newest.Revision));
    }

    private bool IsBelowEnded(SessionKey key, Commit first)
    {
        using var rows = _ended.Bind(1, key.Tenant).Query();
        return rows.Next() && first.FirstRevision <= rows.Integer(0);
    }

    private bool ExpiresLater(long session, DateTimeOffset? time)
    {
        if (time is null)
        {
            return false;
        }

        using var rows = _expiry.Bind(1, session).Query();
        return rows.Next() && rows.Integer(0) > UnixTime.ToMicroseconds(time.Value);
    }

    private long Create(SessionKey key, RentedCommit encoded)
    {
        _create
            .Bind(1, key.Tenant)
            .Bind(2, key.SessionId)
            .Bind(3, encoded.Commit.FirstRevision - 1)
            .Bind(4, UnixTime.ToMicroseconds(encoded.Commit.ExpiresAt))
            .Bind(5, encoded.Commit.Record.Header?.ToByteArray() ?? [])
            .Run();
        Added++;
        return raw.sqlite3_last_insert_rowid(_connection.Handle);
    }
}
