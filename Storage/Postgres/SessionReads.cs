using Npgsql;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Storage.Postgres;

/// <summary>Reads what a session is loaded from.</summary>
internal sealed class SessionReads(PostgresDatabase database)
{
    /// <summary>The session, and its internal key; 0 where it is not stored.</summary>
    public Task<(StoredSession Stored, long Session)> LoadAsync(SessionKey key, CancellationToken cancellation) =>
        database.ReadAsync(connection => LoadAsync(connection, key, cancellation), cancellation);

    private static async Task<(StoredSession, long)> LoadAsync(NpgsqlConnection connection, SessionKey key, CancellationToken cancellation)
    {
        var (tenant, id) = (Sql.Bytes(key.Tenant), Sql.Bytes(key.SessionId));
        var (row, ended, tools, variables, requests, commits) = await connection.AskAsync(
            [
                SessionRow.Find(key),
                Sql.Command("SELECT coalesce(max(ended_revision), 0) FROM tenants WHERE tenant IN ($1, '\\x00')", Sql.Value(tenant)),
                Sql.Command("SELECT tools FROM sessions WHERE tenant = $1 AND id = $2 AND tools IS NOT NULL", Sql.Value(tenant), Sql.Value(id)),
                Sql.Command($"SELECT body FROM variables WHERE session = {SessionRow.KeySql}", Sql.Value(tenant), Sql.Value(id)),
                Sql.Command($"SELECT body FROM requests WHERE session = {SessionRow.KeySql}", Sql.Value(tenant), Sql.Value(id)),
                Sql.Command(
                    "SELECT l.number, l.last_revision, l.body FROM sessions s " +
                    "JOIN log l ON l.session = s.key AND (l.last_revision, l.number) > (s.revision, s.commit_number) " +
                    "WHERE s.tenant = $1 AND s.id = $2 ORDER BY l.last_revision, l.number",
                    Sql.Value(tenant),
                    Sql.Value(id)),
            ],
            async rows => (
                (await rows.ReadAllAsync(SessionRow.Read, cancellation).ConfigureAwait(false)).SingleOrDefault(),
                (await rows.NextAsync(found => found.GetInt64(0), cancellation).ConfigureAwait(false)).SingleOrDefault(),
                (await rows.NextAsync(found => ToolSet.Parser.ParseFrom(found.Blob(0)), cancellation).ConfigureAwait(false)).SingleOrDefault(),
                await rows.NextAsync(found => VariableRecord.Parser.ParseFrom(found.Blob(0)), cancellation).ConfigureAwait(false),
                await rows.NextAsync(found => RequestRecord.Parser.ParseFrom(found.Blob(0)), cancellation).ConfigureAwait(false),
                await rows.NextAsync(LogRow.Read, cancellation).ConfigureAwait(false)),
            cancellation).ConfigureAwait(false);
        if (row is null)
        {
            return (new StoredSession(false, 0, ended, 0, default, null, null, [], [], []), 0);
        }

        var wanted = variables.Select(variable => variable.LargeValue).Where(revision => revision != 0)
            .Concat(commits.SelectMany(commit => commit.LargeValues))
            .ToHashSet();
        var large = await LargeValues.ReadAsync(connection, row.Session, wanted, cancellation).ConfigureAwait(false);
        var stored = new StoredSession(
            Exists: true,
            row.CommitNumber,
            row.Revision,
            row.Floor,
            row.ExpiresAt,
            row.Header,
            tools,
            [.. variables.Select(variable => new StoredVariable(variable, large.GetValueOrDefault(variable.LargeValue)))],
            requests,
            [.. commits.Select(commit => commit.With(large))]);
        return (stored, row.Session);
    }
}
