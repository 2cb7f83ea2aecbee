namespace Snakepit.Storage.Archive;

/// <summary>Writes all that a store holds into a file.</summary>
public static class ArchiveExport
{
    /// <param name="store">Read; it may be in use.</param>
    /// <param name="output">Written from front to back; stays the caller's.</param>
    /// <param name="progress">Told now and then, by the thread that writes.</param>
    /// <param name="takenAt">For a backup, when it was begun; null for a file that holds nothing but the sessions.</param>
    /// <param name="cancellation">What was written until then is no whole file.</param>
    /// <exception cref="StoreException">The store could not be read.</exception>
    /// <exception cref="IOException">The file could not be written.</exception>
    public static async Task<ExportResult> RunAsync(
        IArchiveSource store, Stream output, IProgress<ArchiveProgress>? progress, DateTimeOffset? takenAt, CancellationToken cancellation)
    {
        var writer = new ArchiveWriter(output);
        await foreach (var record in store.ExportAsync(cancellation).ConfigureAwait(false))
        {
            cancellation.ThrowIfCancellationRequested();
            writer.Write(record);
            progress?.Report(new ArchiveProgress(writer.Totals.Sessions, writer.Bytes));
        }

        var (sessions, changes) = (writer.Totals.Sessions, writer.Totals.Changes);
        writer.Complete(takenAt);
        return new ExportResult(sessions, changes, writer.Bytes);
    }
}

/// <summary>What an export wrote.</summary>
public sealed record ExportResult(long Sessions, long Changes, long Bytes);
