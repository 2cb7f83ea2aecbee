using Microsoft.Extensions.Logging;
using Npgsql;

namespace Snakepit.Storage.Postgres;

/// <summary>Stores batches of commits, one at a time, over a connection of its own.</summary>
internal sealed class AppendWriter(
    PostgresDatabase database, string schema, KnownSessions known, SessionCount count, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private const string Verb = "write to";
    private const int Attempts = 5;

    // A connection that has rested this long may have died without a word.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private NpgsqlConnection? _connection;
    private long _lastUsed;

    /// <summary>Why nothing is stored any more.</summary>
    public StoreException Closed() => database.Failures.Failure(Verb, new ObjectDisposedException(null), outcomeUnknown: false);

    /// <summary>
    /// Stores commits of different sessions and answers each. Answers itself with why the server could not be
    /// reached, if so.
    /// </summary>
    public async Task<StoreException?> StoreAsync(IReadOnlyList<PendingAppend> batch)
    {
        for (var attempt = 1; ; attempt++)
        {
            var sent = false;
            try
            {
                var connection = await ReadyAsync().ConfigureAwait(false);
                await FindSessionsAsync(connection, batch).ConfigureAwait(false);
                sent = true;
                await CommitAsync(connection, batch).ConfigureAwait(false);
                Answer(batch);
                return null;
            }
            catch (StoreException unreachable)
            {
                return Fail(batch, unreachable);
            }
            catch (Exception error)
            {
                var refused = PostgresFailures.IsRefusal(error);
                await LeaveAsync(connectionLives: refused).ConfigureAwait(false);
                if (attempt < Attempts && (PostgresFailures.IsCollision(error) || (!sent && PostgresFailures.IsLost(error))))
                {
                    continue;
                }

                if (PostgresFailures.IsOfOneCommit(error) && batch.Count > 1)
                {
                    // Half of it, and half of that, until it is alone.
                    var half = batch.Count / 2;
                    var first = await StoreAsync([.. batch.Take(half)]).ConfigureAwait(false);
                    return await StoreAsync([.. batch.Skip(half)]).ConfigureAwait(false) ?? first;
                }

                var failure = Fail(batch, database.Failures.Failure(Verb, error, sent && !refused));
                return refused ? null : failure;
            }
        }
    }

    public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The connection, after it has shown that it lives.</summary>
    private async Task<NpgsqlConnection> ReadyAsync()
    {
        if (_connection is null)
        {
            _connection = await database.ConnectAsync(Verb, CancellationToken.None).ConfigureAwait(false);
            await _connection.PingAsync().ConfigureAwait(false);
        }
        else if (time.GetElapsedTime(_lastUsed) > Rest)
        {
            await _connection.PingAsync().ConfigureAwait(false);
        }

        return _connection;
    }

    /// <summary>Gives each commit its session's internal key; those of new sessions are drawn.</summary>
    private async Task FindSessionsAsync(NpgsqlConnection connection, IReadOnlyList<PendingAppend> batch)
    {
        foreach (var append in batch.Where(append => append.Session == 0 && !append.Creates))
        {
            append.Session = known.Find(append.Key);
        }

        var unknown = batch.Where(append => append.Session == 0).ToLookup(append => append.Creates);
        if (unknown[true].ToArray() is { Length: > 0 } created)
        {
            var keys = await connection.QueryAsync(
                Sql.Command("SELECT nextval('session_keys') FROM generate_series(1, $1)", Sql.Value(created.Length)),
                row => row.GetInt64(0)).ConfigureAwait(false);
            for (var i = 0; i < created.Length; i++)
            {
                created[i].Session = keys[i];
            }
        }

        if (unknown[false].ToArray() is { Length: > 0 } continued)
        {
            var found = await connection.QueryAsync(
                Sql.Command(
                    "SELECT asked.place, s.key FROM unnest($1::bytea[], $2::bytea[]) WITH ORDINALITY AS asked(tenant, id, place) " +
                    "JOIN sessions s ON s.tenant = asked.tenant AND s.id = asked.id",
                    Sql.Value(Array.ConvertAll(continued, append => Sql.Bytes(append.Key.Tenant))),
                    Sql.Value(Array.ConvertAll(continued, append => Sql.Bytes(append.Key.SessionId)))),
                row => (Place: row.GetInt64(0), Session: row.GetInt64(1))).ConfigureAwait(false);
            foreach (var (place, session) in found)
            {
                continued[place - 1].Session = session;
            }
        }
    }

    private async Task CommitAsync(NpgsqlConnection connection, IReadOnlyList<PendingAppend> batch)
    {
        var sendable = batch.Where(append => append.Session != 0).ToArray();
        var stored = new HashSet<long>();
        if (sendable.Length > 0)
        {
            await using var statements = new NpgsqlBatch(connection);
            foreach (var command in AppendStatements.Of(sendable, schema))
            {
                statements.BatchCommands.Add(command);
            }

            var created = sendable.Count(append => append.Creates);
            using var change = created > 0 ? count.Change() : null;
            await using var rows = await statements.ExecuteReaderAsync().ConfigureAwait(false);
            do
            {
                stored.UnionWith(await rows.ReadAllAsync(row => row.GetInt64(0)).ConfigureAwait(false));
            }
            while (await rows.NextResultAsync().ConfigureAwait(false));

            // The last result is followed by the end of the transaction: all is durable.
            change?.Add(sendable.Count(append => append.Creates && stored.Contains(append.Session)));
        }

        _lastUsed = time.GetTimestamp();
        foreach (var append in batch)
        {
            append.Result = stored.Contains(append.Session) ? AppendResult.Stored : AppendResult.Fenced;
        }
    }

    private void Answer(IReadOnlyList<PendingAppend> batch)
    {
        foreach (var append in batch)
        {
            if (append.Result == AppendResult.Stored)
            {
                known.Set(append.Key, append.Session);
            }
            else
            {
                known.Remove(append.Key);
            }

            append.SetResult(append.Result);
        }
    }

    private StoreException Fail(IReadOnlyList<PendingAppend> batch, StoreException failure)
    {
        logger.CommitsFailed(batch.Count, failure.OutcomeUnknown, failure.Message);
        foreach (var append in batch)
        {
            append.SetException(failure);
        }

        return failure;
    }

    private async Task LeaveAsync(bool connectionLives)
    {
        if (!connectionLives && _connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}
