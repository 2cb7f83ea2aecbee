using System.Diagnostics;
using System.Globalization;
using Snakepit.Storage.Archive;

namespace Snakepit.Sidecar.Data;

/// <summary>A line of a terminal that tells how far the work has come, and is gone when it is done.</summary>
internal sealed class ProgressLine(TextWriter terminal, string verb) : IProgress<ArchiveProgress>, IDisposable
{
    private const string Clear = "\r\e[K";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly long _start = Stopwatch.GetTimestamp();
    private long _shown = Stopwatch.GetTimestamp();
    private bool _isOpen;

    /// <summary>One on stderr, if that is a terminal; else null.</summary>
    public static ProgressLine? On(TextWriter error, string verb) =>
        ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected ? new ProgressLine(error, verb) : null;

    public void Report(ArchiveProgress value)
    {
        if (Stopwatch.GetElapsedTime(_shown) < Interval)
        {
            return;
        }

        _shown = Stopwatch.GetTimestamp();
        _isOpen = true;
        terminal.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"{Clear}{(value.IsCheck ? "checking" : verb)}: {value.Sessions} sessions, {value.Bytes / 1_048_576.0:0.0} MiB, {Stopwatch.GetElapsedTime(_start).TotalSeconds:0} s"));
    }

    public void Dispose()
    {
        if (_isOpen)
        {
            terminal.Write(Clear);
        }
    }
}
