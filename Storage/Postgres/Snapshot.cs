using Npgsql;

namespace Snakepit.Storage.Postgres;

/// <summary>Several questions about one state of the database, asked in one round trip.</summary>
internal static class Snapshot
{
    public const string Begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

    /// <summary>Asks all at once; <paramref name="read"/> begins before the first answer.</summary>
    public static async Task<T> AskAsync<T>(
        this NpgsqlConnection connection,
        IEnumerable<NpgsqlBatchCommand> questions,
        Func<NpgsqlDataReader, Task<T>> read,
        CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var command in (IEnumerable<NpgsqlBatchCommand>)[Sql.Command(Begin), .. questions, Sql.Command("COMMIT")])
        {
            batch.BatchCommands.Add(command);
        }

        await using var rows = await batch.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        return await read(rows).ConfigureAwait(false);
    }

    /// <summary>Keeps one state until all was asked, for questions that depend on the answers before.</summary>
    public static async Task<T> HoldAsync<T>(this NpgsqlConnection connection, Func<Task<T>> ask, CancellationToken cancellation)
    {
        await connection.RunAsync(Sql.Command(Begin), cancellation).ConfigureAwait(false);
        var answer = await ask().ConfigureAwait(false);
        await connection.RunAsync(Sql.Command("COMMIT"), cancellation).ConfigureAwait(false);
        return answer;
    }
}
