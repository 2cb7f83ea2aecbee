namespace Snakepit.Storage.Archive;

/// <summary>A place between two records of a file, to which its reader can return.</summary>
/// <param name="Position">Of the next record's first byte.</param>
/// <param name="Sum">Of all before it.</param>
internal readonly record struct ArchiveMark(long Position, ReadOnlyMemory<byte> Sum);
