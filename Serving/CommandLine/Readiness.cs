using System.Globalization;
using System.Text;

namespace Snakepit.Serving.CommandLine;

/// <summary>Tells whoever started the server that calls are served, and on which port (protocol, §9).</summary>
public static class Readiness
{
    /// <summary>Names the file the port is written to, for a parent that does not read stdout.</summary>
    public const string FileVariable = "SNAKEPIT_READY_FILE";

    /// <param name="port">The port.</param>
    /// <param name="file">Where else it is written; null or empty = nowhere.</param>
    /// <param name="word">What is ready. Programs wait for the default.</param>
    /// <exception cref="MistakeException">The file cannot be written.</exception>
    public static void Announce(int port, string? file, string word = "GRPC_READY")
    {
        if (!string.IsNullOrEmpty(file))
        {
            WriteAtOnce(file, port.ToString(CultureInfo.InvariantCulture));
        }

        // Not Console.Out: its set-up costs more than the line, and a line ends with \n everywhere.
        using var output = Console.OpenStandardOutput();
        output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{word}:{port}\n")));
        output.Flush();
    }

    /// <summary>A reader sees the whole text or no file.</summary>
    internal static void WriteAtOnce(string file, string text)
    {
        var draft = $"{file}.{Environment.ProcessId}.tmp";
        try
        {
            File.WriteAllText(draft, text);
            File.Move(draft, file, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            TryDelete(draft);
            throw new MistakeException($"{FileVariable}: {file} cannot be written: {failure.Message}");
        }
    }

    private static void TryDelete(string draft)
    {
        try
        {
            File.Delete(draft);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What is told is why the file could not be written; a draft that stays is the lesser trouble.
        }
    }
}
