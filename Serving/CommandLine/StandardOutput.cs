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

    public static TextWriter Open()
    {
        if (OperatingSystem.IsWindows())
        {
            return Console.Out;
        }

        var stream = new FileStream(new SafeFileHandle(Handle, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        if (stream.CanSeek)
        {
            // A file has no reader to leave, and a stream of ours would write at an offset of its own.
            return Console.Out;
        }

        return TextWriter.Synchronized(new StreamWriter(stream, new UTF8Encoding(false)) { AutoFlush = true });
    }

    /// <summary>Whether the reader of stdout has left: EPIPE.</summary>
    public static bool IsLeft(IOException failure) => (failure.HResult & 0xFFFF) == BrokenPipe;
}
