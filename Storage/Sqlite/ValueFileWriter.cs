using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Snakepit.Storage.Sqlite;

/// <summary>Writes chunks to a file of values, for the one thread that writes. The file is made when the first is written.</summary>
internal sealed partial class ValueFileWriter(ValueFile values) : IDisposable
{
    private const int DontNeed = 4; // POSIX_FADV_DONTNEED

    private static ReadOnlySpan<byte> Beginning => "snakepit: large values of snakepit.db\n"u8;

    private readonly List<(long Place, long Length)> _unflushed = [];
    private SafeFileHandle? _file;
    private bool _isNamed;

    /// <exception cref="IOException">It cannot be written, for want of room perhaps.</exception>
    public void Write(long place, ReadOnlySpan<byte> chunk)
    {
        RandomAccess.Write(_file ??= Open(), chunk, place);
        _unflushed.Add((place, chunk.Length));
    }

    /// <summary>Has all that was written be on the disk, and out of memory: what sessions are asked for they have themselves.</summary>
    /// <exception cref="IOException">It may not be on the disk.</exception>
    public void Flush()
    {
        if (_unflushed.Count == 0)
        {
            return;
        }

        RandomAccess.FlushToDisk(_file!);
        if (!_isNamed)
        {
            FolderSync.Flush(Path.GetDirectoryName(values.Path)!);
            _isNamed = true;
        }

        foreach (var (place, length) in _unflushed)
        {
            Drop(place, length);
        }

        _unflushed.Clear();
    }

    /// <summary>What was written is not wanted.</summary>
    public void Forget() => _unflushed.Clear();

    /// <summary>Gives what lies behind <paramref name="end"/> back to the file system. What fails is done the next time.</summary>
    public void Cut(long end)
    {
        try
        {
            RandomAccess.SetLength(_file ??= Open(), end);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    public void Dispose() => _file?.Dispose();

    private SafeFileHandle Open()
    {
        var file = File.OpenHandle(values.Path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        if (RandomAccess.GetLength(file) == 0)
        {
            RandomAccess.Write(file, Beginning, fileOffset: 0);
        }

        return file;
    }

    // The system would keep it for a second reading, at the cost of a page of memory for each of the file.
    private void Drop(long place, long length)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Advise(_file!, place, length, DontNeed);
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, long offset, long length, int advice);
}
