using System.Security.Cryptography;
using Snakepit.Storage;

namespace Snakepit.Sidecar.Data;

/// <summary>
/// A file that has its name only once it is whole and on the disk. Until then it stands beside it, readable by
/// its owner only, as the data are; without <see cref="Complete"/> it goes again.
/// </summary>
internal sealed class DraftFile : IAsyncDisposable
{
    public const int BufferSize = 256 * 1024;

    private readonly string _name;
    private readonly string _draft;
    private bool _isComplete;

    /// <exception cref="IOException">It cannot be made there.</exception>
    public DraftFile(string name)
    {
        _name = Path.GetFullPath(name);
        if (Directory.Exists(_name))
        {
            throw new IOException($"{name} is a folder");
        }

        // A name that nobody can foresee, and nothing may have: whoever can write there must not choose what is written to.
        _draft = $"{_name}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, BufferSize = BufferSize };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        Content = new FileStream(_draft, options);
    }

    public FileStream Content { get; }

    /// <summary>Brings what was written to the disk, where it can still be read.</summary>
    public void Flush() => Content.Flush(flushToDisk: true);

    /// <param name="replaces">Whether it may take the place of another file of that name.</param>
    /// <exception cref="IOException">There is one, or the disk failed.</exception>
    public void Complete(bool replaces)
    {
        Flush();
        Content.Dispose();
        File.Move(_draft, _name, replaces);
        _isComplete = true;
        FolderSync.Flush(Path.GetDirectoryName(_name)!);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isComplete)
        {
            await Content.DisposeAsync();
            File.Delete(_draft);
        }
    }
}
