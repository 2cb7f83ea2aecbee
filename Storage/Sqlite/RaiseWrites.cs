using Snakepit.Storage.Archive;
using SQLitePCL;

namespace Snakepit.Storage.Sqlite;

/// <summary>Carries out a <see cref="RevisionRaise"/>, for the writer's thread within its transaction.</summary>
internal static class RaiseWrites
{
    private const string Highest =
        "SELECT max(coalesce((SELECT max(revision) FROM sessions), 0), coalesce((SELECT max(last_revision) FROM log), 0), " +
        "coalesce((SELECT max(ended_revision) FROM tenants), 0))";

    // As SessionWrites finds a session's newest commit.
    private const string Lead =
        "INSERT INTO log(seq, session, number, first_revision, last_revision, time, body) " +
        "SELECT ?4 + row_number() OVER (ORDER BY key), key, 1 + max(commit_number, " +
        "coalesce((SELECT number FROM log_index WHERE session = key ORDER BY last_revision DESC, number DESC LIMIT 1), 0)), " +
        "?1 + 1, ?1, ?2, ?3 FROM sessions";

    public static RaisedRevisions Raise(SqliteWrites writes, RevisionRaise raise)
    {
        var connection = writes.Connection;
        var newest = raise.AsOf is null ? connection.Number("SELECT coalesce(max(time), -1) FROM log") : -1;
        writes.Log.EnterAll();
        var revision = raise.RevisionAbove(connection.Number(Highest));
        var delay = raise.DelayFrom(newest < 0 ? null : newest);
        Run(connection, Lead, statement => statement
            .Bind(1, revision).Bind(2, UnixTime.ToMicroseconds(raise.Now)).Bind(3, RevisionRaise.Body).Bind(4, writes.Log.Last));
        var sessions = (long)raw.sqlite3_changes(connection.Handle);
        writes.Log.EnterAll();
        Run(connection, "UPDATE sessions SET floor = ?1, expires_at = expires_at + ?2", statement => statement.Bind(1, revision).Bind(2, delay));
        Run(connection, "UPDATE calculations SET expires_at = expires_at + ?1", statement => statement.Bind(1, delay));
        Run(connection, "UPDATE tenants SET ended_revision = ?1", statement => statement.Bind(1, revision));
        writes.Sessions.RememberEnded(RevisionRaise.EveryTenant, revision);
        writes.Sessions.ForgetNewest();
        return new RaisedRevisions(revision, sessions, TimeSpan.FromMicroseconds(delay));
    }

    private static void Run(Database connection, string sql, Action<Statement> bind)
    {
        using var statement = new Statement(connection, sql);
        bind(statement);
        statement.Run();
    }
}
