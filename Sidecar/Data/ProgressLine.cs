using System.Diagnostics;
using System.Globalization;
using Snakepit.Sidecar.Client;
using Snakepit.Storage.Archive;

namespace Snakepit.Sidecar.Data;

/// <summary>A line of a terminal with a bar that tells how far the work has come; it is gone when that is done.</summary>
internal sealed class ProgressLine(TextWriter terminal, string verb) : IProgress<ArchiveProgress>, IDisposable
{
    private const string Clear = "\r\e[K";
    private const int BarWidth = 20;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly long _start = Stopwatch.GetTimestamp();
    private long _shown = Stopwatch.GetTimestamp();
    private bool _isOpen;

    /// <summary>How many sessions there are to be done, as far as is known; 0 = not known.</summary>
    public long Sessions { get; set; }

    /// <summary>How long the file is that is read; 0 = it is being written.</summary>
    public long FileBytes { get; set; }

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
        terminal.Write($"{Clear}{LineOf(value, Stopwatch.GetElapsedTime(_start))}");
    }

    internal string LineOf(ArchiveProgress value, TimeSpan elapsed)
    {
        var share = FileBytes > 0 ? (double)value.Bytes / FileBytes : Sessions > 0 ? Math.Min(1, (double)value.Sessions / Sessions) : (double?)null;
        var bar = share is { } done
            ? string.Create(CultureInfo.InvariantCulture, $" [{new string('#', (int)(done * BarWidth)),-BarWidth}] {done * 100,3:0} %")
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(value.IsCheck ? "checking" : verb)}{bar}: {Shown.Count(value.Sessions, "session")}, {value.Bytes / 1_048_576.0:0.0} MiB, {elapsed.TotalSeconds:0} s");
    }

    /// <summary>Once, however often it is called: what has been printed since then stays.</summary>
    public void Dispose()
    {
        if (_isOpen)
        {
            _isOpen = false;
            terminal.Write(Clear);
        }
    }
}
