using Snakepit.Storage.Archive;

namespace Snakepit.Storage.Sqlite;

/// <summary>
/// Makes the data folder of a file of sessions. It is made in a folder within the folder, and gets its name when it is whole
/// and on the disk: a restore that was broken off leaves nothing that a server would start on.
/// </summary>
public sealed class SqliteRestore : IDisposable
{
    private const string Draft = ".restoring";

    private readonly DataFolder _folder;

    private SqliteRestore(DataFolder folder)
    {
        _folder = folder;
    }

    /// <summary>Whether a folder has nothing in it, or is not there at all. What a restore left that was broken off is nothing.</summary>
    public static bool IsEmpty(string folder) =>
        !Directory.Exists(folder) || Directory.EnumerateFileSystemEntries(folder).All(entry => Path.GetFileName(entry) is DataFolder.LockName or Draft);

    /// <summary>Takes the folder for itself until disposed of.</summary>
    /// <exception cref="StoreException">It is in use, is not empty, or cannot be used.</exception>
    public static SqliteRestore Into(string folder)
    {
        RequireEmpty(folder);
        var taken = DataFolder.Take(folder);
        try
        {
            // Nobody may have been at work meanwhile.
            RequireEmpty(folder);
            Directory.CreateDirectory(DraftOf(taken));
            Directory.Delete(DraftOf(taken), recursive: true);
            return new SqliteRestore(taken);
        }
        catch (Exception error)
        {
            taken.Dispose();
            throw error is IOException or UnauthorizedAccessException
                ? new StoreException($"Cannot use the data folder {folder}: {error.Message}", outcomeUnknown: false, error)
                : error;
        }
    }

    /// <summary>Stores what a checked file holds, leads its sessions past every revision given out before, and puts the database in its place.</summary>
    /// <param name="import">After its first pass.</param>
    /// <param name="raise">What the file's own time is not known to, if it has one.</param>
    /// <param name="cancellation">Ends it; the folder stays empty.</param>
    /// <exception cref="ArchiveException">The file was changed since it was checked.</exception>
    /// <exception cref="StoreException">The database could not be made.</exception>
    /// <exception cref="IOException">It could not be put in its place.</exception>
    public async Task<(ImportResult Import, RaisedRevisions Raised)> RunAsync(ArchiveImport import, RevisionRaise raise, CancellationToken cancellation)
    {
        var draft = DraftOf(_folder);
        try
        {
            (ImportResult, RaisedRevisions) result;
            await using (var store = SqliteStore.Open(draft))
            {
                var imported = await import.StoreAsync(store, cancellation).ConfigureAwait(false);
                RequireAll(import, imported, store);
                result = (imported, await store.RaiseRevisionsAsync(raise).ConfigureAwait(false));
            }

            Place(draft);
            return result;
        }
        finally
        {
            if (Directory.Exists(draft))
            {
                Directory.Delete(draft, recursive: true);
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    private static string DraftOf(DataFolder folder) => Path.Combine(folder.Path, Draft);

    private static void RequireEmpty(string folder)
    {
        if (!IsEmpty(folder))
        {
            throw new StoreException(
                $"The data folder {folder} is not empty; a restore needs one that is. Move what is there out of the way, or name another.", outcomeUnknown: false);
        }
    }

    private static void RequireAll(ArchiveImport import, ImportResult imported, SqliteStore store)
    {
        if (imported.Sessions != import.Totals!.Sessions || store.Count != imported.Sessions || imported.Changes != import.Totals.Changes)
        {
            throw new StoreException(
                $"The restore is not whole: {store.Count} sessions and {imported.Changes} changes of {import.Totals.Sessions} and {import.Totals.Changes}",
                outcomeUnknown: false);
        }
    }

    private void Place(string draft)
    {
        var made = Path.Combine(draft, SqliteFile.FileName);
        if (new FileInfo(made + "-wal") is { Exists: true, Length: > 0 })
        {
            throw new IOException($"{made} was not closed cleanly: its write-ahead log is still there");
        }

        using (var file = new FileStream(made, FileMode.Open, FileAccess.ReadWrite))
        {
            file.Flush(flushToDisk: true);
        }

        File.Move(made, Path.Combine(_folder.Path, SqliteFile.FileName));
        FolderSync.Flush(_folder.Path);
    }
}
