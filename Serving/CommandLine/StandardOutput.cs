using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Snakepit.Serving.CommandLine;

/// <summary>
/// Stdout without the console's indulgence: writing to a reader that has left fails, so that a command that
/// goes on for ever, such as a watch, ends with its reader.
/// </summary>
public static class StandardOutput
{
    private const int Handle = 1;
    private const int BrokenPipe = 32;

    public static TextWriter Open() => OpenPipe() is { } pipe
        ? TextWriter.Synchronized(new StreamWriter(pipe, new UTF8Encoding(false)) { AutoFlush = true })
        : Console.Out;

    /// <summary>The same for what is no text.</summary>
    public static Stream OpenBytes() => OpenPipe() ?? Console.OpenStandardOutput();

    /// <summary>Whether the reader of stdout has left: EPIPE.</summary>
    public static bool IsLeft(IOException failure) => (failure.HResult & 0xFFFF) == BrokenPipe;

    private static FileStream? OpenPipe()
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        // A file has no reader to leave, and a stream of ours would write at an offset of its own.
        var stream = new FileStream(new SafeFileHandle(Handle, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return stream.CanSeek ? null : stream;
    }
}
