using Npgsql;
using Snakepit.Sessions;

namespace Snakepit.Storage.Postgres;

/// <summary>Brings sessions' rows up to a commit, and says when sessions expire.</summary>
internal sealed class CheckpointWrites(PostgresDatabase database)
{
    // Of two checkpoints the second shall see what the first has done.
    private const string Lock = "SELECT FROM sessions WHERE tenant = $1 AND id = $2 FOR NO KEY UPDATE";

    // A commit that is not yet part of the checkpoint is always in the log. One that is not there is of a
    // session that ended under the same name.
    private const string Apply =
        "WITH target AS (UPDATE sessions SET commit_number = $3, revision = $4, expires_at = $5, header = $6, tools = coalesce($13, tools) " +
        "WHERE tenant = $1 AND id = $2 AND (commit_number = $3 AND revision = $4 OR commit_number < $3 AND EXISTS " +
        "(SELECT FROM log WHERE log.session = sessions.key AND log.last_revision = $4 AND log.number = $3)) RETURNING key), " +
        "set_variables AS (INSERT INTO variables(session, id, body) SELECT target.key, new.id, new.body " +
        "FROM target, unnest($7::bytea[], $8::bytea[]) AS new(id, body) ON CONFLICT (session, id) DO UPDATE SET body = excluded.body), " +
        "removed_variables AS (DELETE FROM variables USING target, unnest($9::bytea[]) AS old(id) " +
        "WHERE variables.session = target.key AND variables.id = old.id), " +
        "set_requests AS (INSERT INTO requests(session, request_id, body) SELECT target.key, new.id, new.body " +
        "FROM target, unnest($10::bytea[], $11::bytea[]) AS new(id, body) ON CONFLICT (session, request_id) DO UPDATE SET body = excluded.body), " +
        "removed_commits AS (DELETE FROM log USING target, unnest($14::bigint[], $15::bigint[]) AS old(revision, number) " +
        "WHERE log.session = target.key AND log.last_revision = old.revision AND log.number = old.number) " +
        "DELETE FROM requests USING target, unnest($12::bytea[]) AS old(id) " +
        "WHERE requests.session = target.key AND requests.request_id = old.id";

    private const string Touch =
        "UPDATE sessions SET expires_at = new.expires_at " +
        "FROM unnest($1::bytea[], $2::bytea[], $3::bigint[]) AS new(tenant, id, expires_at) " +
        "WHERE sessions.tenant = new.tenant AND sessions.id = new.id";

    public Task ApplyAsync(SessionKey key, EncodedCheckpoint encoded)
    {
        var checkpoint = encoded.Checkpoint;
        var (variableIds, variables) = Columns(encoded.Variables, checkpoint.Removed);
        var (requestIds, requests) = Columns(encoded.Requests, checkpoint.ForgottenRequests);
        return database.WriteAsync(connection => connection.RunAsync(
        [
            Sql.Command(Lock, Sql.Name(key.Tenant), Sql.Name(key.SessionId)),
            Sql.Command(
                Apply,
                Sql.Name(key.Tenant),
                Sql.Name(key.SessionId),
                Sql.Value(checkpoint.CommitNumber),
                Sql.Value(checkpoint.Revision),
                Sql.Value(UnixTime.ToMicroseconds(checkpoint.ExpiresAt)),
                Sql.Value(encoded.Header),
                variableIds,
                variables,
                Names(checkpoint.Removed),
                requestIds,
                requests,
                Names(checkpoint.ForgottenRequests),
                Sql.Value(encoded.Tools),
                Sql.Value(checkpoint.Superseded.Select(commit => commit.Revision).ToArray()),
                Sql.Value(checkpoint.Superseded.Select(commit => commit.Number).ToArray())),
        ]));
    }

    /// <summary>Of a session that is there twice the last counts.</summary>
    public Task TouchAsync(IReadOnlyList<SessionExpiry> expiries)
    {
        var sorted = expiries
            .GroupBy(expiry => expiry.Key, (_, same) => same.Last())
            .OrderBy(expiry => expiry.Key.Tenant, StringComparer.Ordinal)
            .ThenBy(expiry => expiry.Key.SessionId, StringComparer.Ordinal)
            .ToArray();
        return database.WriteAsync(connection => connection.RunAsync(Sql.Command(
            Touch,
            Sql.Value(Array.ConvertAll(sorted, expiry => Sql.Bytes(expiry.Key.Tenant))),
            Sql.Value(Array.ConvertAll(sorted, expiry => Sql.Bytes(expiry.Key.SessionId))),
            Sql.Value(Array.ConvertAll(sorted, expiry => UnixTime.ToMicroseconds(expiry.ExpiresAt))))));
    }

    private static NpgsqlParameter Names(IEnumerable<string> names) => Sql.Value(names.Select(Sql.Bytes).ToArray());

    // What is removed is not set before: within one statement that would depend on chance.
    private static (NpgsqlParameter Ids, NpgsqlParameter Bodies) Columns(
        IReadOnlyList<(string Id, byte[] Body)> rows, IReadOnlyList<string> removed)
    {
        var gone = removed.ToHashSet();
        var kept = rows.Where(row => !gone.Contains(row.Id)).ToArray();
        return (Names(kept.Select(row => row.Id)), Sql.Value(kept.Select(row => row.Body).ToArray()));
    }
}
