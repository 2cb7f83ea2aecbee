namespace Snakepit.Storage.Archive;

/// <summary>How far an export or an import has come.</summary>
/// <param name="Sessions">Done.</param>
/// <param name="Bytes">Of the file.</param>
/// <param name="IsCheck">It is the import's first pass, which changes nothing.</param>
public readonly record struct ArchiveProgress(long Sessions, long Bytes, bool IsCheck = false);
