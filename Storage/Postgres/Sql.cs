using System.Text;
using Npgsql;

namespace Snakepit.Storage.Postgres;

/// <summary>Statements with numbered parameters, $1 first, and names as the tables hold them.</summary>
internal static class Sql
{
    private const int PingSeconds = 5;

    public static NpgsqlBatchCommand Command(string text, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <summary>A bigint, an integer, a text, a bytea, or an array of one of them.</summary>
    public static NpgsqlParameter Value<T>(T value) => new NpgsqlParameter<T> { TypedValue = value };

    public static NpgsqlParameter Name(string name) => Value(Bytes(name));

    public static byte[] Bytes(string name) => Encoding.UTF8.GetBytes(name);

    public static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    /// <summary>Ends when the server has answered, which takes no time.</summary>
    public static async Task PingAsync(this NpgsqlConnection connection, CancellationToken cancellation = default)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Command("SELECT") }, Timeout = PingSeconds };
        await batch.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Runs a statement that answers with no rows.</summary>
    public static async Task RunAsync(this NpgsqlConnection connection, NpgsqlBatchCommand command, CancellationToken cancellation = default)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { command } };
        await batch.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Runs such statements in one transaction and one round trip.</summary>
    public static async Task RunAsync(this NpgsqlConnection connection, IEnumerable<NpgsqlBatchCommand> commands)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var command in commands)
        {
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    /// <summary>The rows of one statement.</summary>
    public static async Task<List<T>> QueryAsync<T>(
        this NpgsqlConnection connection, NpgsqlBatchCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellation = default)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { command } };
        await using var rows = await batch.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        return await rows.ReadAllAsync(read, cancellation).ConfigureAwait(false);
    }

    /// <summary>What is left of the present result.</summary>
    public static async Task<List<T>> ReadAllAsync<T>(this NpgsqlDataReader rows, Func<NpgsqlDataReader, T> read, CancellationToken cancellation = default)
    {
        var all = new List<T>();
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
        {
            all.Add(read(rows));
        }

        return all;
    }

    /// <summary>The next statement's rows.</summary>
    public static async Task<List<T>> NextAsync<T>(this NpgsqlDataReader rows, Func<NpgsqlDataReader, T> read, CancellationToken cancellation = default)
    {
        await rows.NextResultAsync(cancellation).ConfigureAwait(false);
        return await rows.ReadAllAsync(read, cancellation).ConfigureAwait(false);
    }

    public static byte[] Blob(this NpgsqlDataReader rows, int column) => rows.GetFieldValue<byte[]>(column);
}
