using Snakepit.Protocol.Storing;
using Snakepit.Storage.Archive;

namespace Snakepit.Storage.Sqlite;

/// <summary>
/// Reads a data folder beside the server that uses it: over one connection that only reads, from one snapshot, as of
/// the moment it begins. The server's writes do not wait for it; its write-ahead log grows meanwhile, as SQLite
/// cannot start that over before the snapshot ends.
/// </summary>
public sealed class SqliteBackup : IArchiveSource
{
    private readonly SqliteFile _file;

    private SqliteBackup(SqliteFile file)
    {
        _file = file;
    }

    /// <exception cref="StoreException">There is none, or it is not of this program's format.</exception>
    public static SqliteBackup Of(string folder) => new(SqliteFile.Beside(folder, SqliteSchema.Steps.Count));

    /// <summary>Sessions stored at this moment; a moment later there may be others.</summary>
    /// <exception cref="StoreException">It could not be read.</exception>
    public long Count => _file.Try("read", () =>
    {
        using var connection = _file.OpenReader();
        return connection.Number("SELECT value FROM meta WHERE name = 'sessions'");
    });

    public IAsyncEnumerable<ArchiveRecord> ExportAsync(CancellationToken cancellation) =>
        ArchiveReads.AllAsync(_file, cancellation)
            .FailingAs(error => _file.Failure("read", error, outcomeUnknown: false), cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
