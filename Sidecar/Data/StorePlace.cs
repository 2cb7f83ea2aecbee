using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Serving;
using Snakepit.Storage;
using Snakepit.Storage.Archive;
using Snakepit.Storage.Postgres;
using Snakepit.Storage.Sqlite;

namespace Snakepit.Sidecar.Data;

/// <summary>Where a store is: in a folder or in a database.</summary>
internal sealed record StorePlace(string? Folder, PostgresOptions? Database)
{
    /// <summary>False where a folder holds no data yet. A database shows that only when it is opened.</summary>
    public bool Exists => Folder is null || File.Exists(Path.Combine(Folder, "snakepit.db"));

    /// <summary>As a line of text calls it; the address of a database may have a password.</summary>
    public override string ToString() => Folder is { } folder ? OneLine.Of(folder) : "the cluster's database";

    /// <summary>Opens what is there, and makes what is not.</summary>
    /// <exception cref="StoreException">It is in use, or cannot be used.</exception>
    public async Task<ISessionArchive> OpenAsync(CancellationToken cancellation) => Folder is { } folder
        ? SqliteStore.Open(folder)
        : await PostgresStore.OpenAsync(Database!, NullLogger.Instance, cancellation);
}
