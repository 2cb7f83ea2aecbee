using Snakepit.Serving.CommandLine;

namespace Snakepit.Serving.Access;

/// <summary>A small file that is read again when it has changed, however it was replaced. Not for several threads.</summary>
internal sealed class WatchedFile(string path)
{
    private const int LargestFile = 16 * 1024 * 1024;

    private byte[] _inForce = [];

    public string Path => path;

    /// <summary>What it is now.</summary>
    /// <exception cref="MistakeException">It cannot be read.</exception>
    public byte[] Read()
    {
        try
        {
            // Not its times: where a file is a link to another folder's, as orchestrators mount secrets, they need not change.
            var size = new FileInfo(path) is { Exists: true } file ? file.Length : 0;
            return size <= LargestFile
                ? File.ReadAllBytes(path)
                : throw new MistakeException($"{path} has more than {LargestFile} bytes");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new MistakeException($"{path} cannot be read: {unreadable.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>Says that this is what it was taken for. Not before it was: what is wrong is to be looked at again.</summary>
    public byte[] Take(byte[] content) => _inForce = content;

    /// <summary>Whether it is another than was taken last, and what it is now.</summary>
    /// <exception cref="MistakeException">It cannot be read.</exception>
    public bool TryReadChanged(out byte[] content)
    {
        content = Read();
        return !content.AsSpan().SequenceEqual(_inForce);
    }
}
