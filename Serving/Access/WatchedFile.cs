using Snakepit.Serving.CommandLine;

namespace Snakepit.Serving.Access;

/// <summary>A small file that is read again when it has changed, however it was replaced. Not for several threads.</summary>
internal sealed class WatchedFile(string path)
{
    private const int LargestFile = 16 * 1024 * 1024;

    private byte[] _seen = [];

    public string Path => path;

    /// <exception cref="MistakeException">It cannot be read.</exception>
    public byte[] Read()
    {
        try
        {
            // Not its times: where a file is a link to another folder's, as orchestrators mount secrets, they need not change.
            var size = new FileInfo(path) is { Exists: true } file ? file.Length : 0;
            return size <= LargestFile
                ? _seen = File.ReadAllBytes(path)
                : throw new MistakeException($"{path} has more than {LargestFile} bytes");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new MistakeException($"{path} cannot be read: {unreadable.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>Whether it is another than when it was last read, and what it is now.</summary>
    /// <exception cref="MistakeException">It cannot be read.</exception>
    public bool TryReadChanged(out byte[] content)
    {
        var before = _seen;
        content = Read();
        return !content.AsSpan().SequenceEqual(before);
    }
}
