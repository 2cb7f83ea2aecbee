using System.Text;

namespace Snakepit.Sidecar.Workers;

/// <summary>The lines of a stream, each of bounded length however long it was written.</summary>
internal static class OutputLines
{
    /// <summary>Characters of a line that are kept.</summary>
    public const int MaxLength = 2_000;

    /// <summary>Reads to the end, always: who prints is never held up. Ends early when cancelled, or where the stream breaks.</summary>
    /// <param name="reader">Read by nobody else.</param>
    /// <param name="onLine">Told of each line as it ends; the last may end without a line feed.</param>
    /// <param name="cancellation">Ends the reading; does not fail it.</param>
    public static async Task ReadAsync(TextReader reader, Action<string> onLine, CancellationToken cancellation)
    {
        var line = new StringBuilder();
        var buffer = new char[4_096];
        var left = 0L;
        try
        {
            while (await reader.ReadAsync(buffer, cancellation) is > 0 and var read)
            {
                foreach (var character in buffer.AsSpan(0, read))
                {
                    if (character == '\n')
                    {
                        Tell(line, ref left, onLine);
                    }
                    else if (line.Length < MaxLength)
                    {
                        line.Append(character);
                    }
                    else
                    {
                        left++;
                    }
                }
            }
        }
        catch (Exception end) when (end is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // What came is told below.
        }

        if (line.Length > 0)
        {
            Tell(line, ref left, onLine);
        }
    }

    private static void Tell(StringBuilder line, ref long left, Action<string> onLine)
    {
        var text = line.ToString().TrimEnd('\r');
        onLine(left == 0 ? text : $"{text}… ({left} characters more)");
        line.Clear();
        left = 0;
    }
}
