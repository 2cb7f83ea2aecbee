using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Storage.Postgres;

/// <summary>Reads lists, each from an index.</summary>
internal sealed class ListReads(PostgresDatabase database)
{
    public Task<IReadOnlyList<LogEnd?>> EndsAsync(IReadOnlyList<SessionKey> keys, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<LogEnd?>>(
            async connection => await connection.QueryAsync(
                Sql.Command(
                    "SELECT h.number, h.revision, s.created_at FROM unnest($1::bytea[], $2::bytea[]) " +
                    "WITH ORDINALITY AS asked(tenant, id, place) " +
                    "LEFT JOIN sessions s ON s.tenant = asked.tenant AND s.id = asked.id " +
                    "LEFT JOIN heads h ON h.session = s.key ORDER BY asked.place",
                    Sql.Value(keys.Select(key => Sql.Bytes(key.Tenant)).ToArray()),
                    Sql.Value(keys.Select(key => Sql.Bytes(key.SessionId)).ToArray())),
                rows => rows.IsDBNull(0)
                    ? null
                    : new LogEnd(rows.GetInt64(0), rows.GetInt64(1), CreationTime.Read(rows.GetInt64(2))),
                cancellation).ConfigureAwait(false),
            cancellation);

    public Task<IReadOnlyList<SessionKey>> ExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<SessionKey>>(
            async connection => await connection.QueryAsync(
                Sql.Command(
                    "SELECT tenant, id FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2",
                    Sql.Value(UnixTime.ToMicroseconds(now)),
                    Sql.Value(limit)),
                rows => new SessionKey(Sql.Text(rows.Blob(0)), Sql.Text(rows.Blob(1))),
                cancellation).ConfigureAwait(false),
            cancellation);

    public Task<IReadOnlyList<StoredSummary>> SessionsAsync(string tenant, string afterId, int limit, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<StoredSummary>>(
            async connection => await connection.QueryAsync(
                Sql.Command(
                    "SELECT id, header, expires_at FROM sessions WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3",
                    Sql.Name(tenant),
                    Sql.Name(afterId),
                    Sql.Value(limit)),
                rows => new StoredSummary(
                    new SessionKey(tenant, Sql.Text(rows.Blob(0))),
                    SessionHeader.Parser.ParseFrom(rows.Blob(1)),
                    UnixTime.FromMicroseconds(rows.GetInt64(2))),
                cancellation).ConfigureAwait(false),
            cancellation);
}
