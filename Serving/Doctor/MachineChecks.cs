using System.Globalization;
using System.Net.Sockets;

namespace Snakepit.Serving.Doctor;

/// <summary>What the machine lets a server have, and what it needs beside itself.</summary>
public static class MachineChecks
{
    private const long FewFiles = 4_096;
    private const long LittleMemory = 256L << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>How many files, and so connections, the process may have open.</summary>
    public static IEnumerable<Finding> OpenFiles()
    {
        const string Limits = "/proc/self/limits";
        const string Line = "Max open files";
        if (!File.Exists(Limits))
        {
            yield break;
        }

        // The runtime has raised the soft limit to the hard one by now.
        var text = File.ReadLines(Limits).First(line => line.StartsWith(Line, StringComparison.Ordinal))[Line.Length..]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        yield return long.TryParse(text, CultureInfo.InvariantCulture, out var most) && most < FewFiles
            ? Finding.Doubtful("open files", $"{most} at most", $"raise it (`ulimit -n`, LimitNOFILE=): each connection is one, and {FewFiles} is little for a server")
            : Finding.Good("open files", $"{text} at most");
    }

    public static Finding Memory()
    {
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var text = string.Create(CultureInfo.InvariantCulture, $"{available / 1048576.0:0} MiB for this process");
        return available < LittleMemory
            ? Finding.Doubtful("memory", text, "an idle server takes some 60 MiB; sessions in use and their watchers come on top")
            : Finding.Good("memory", text);
    }

    /// <summary>Whether metrics and traces would arrive.</summary>
    public static async Task<Finding> CollectorAsync(Uri collector)
    {
        using var client = new TcpClient();
        using var late = new CancellationTokenSource(Patience);
        try
        {
            await client.ConnectAsync(collector.Host, collector.Port, late.Token);
            return Finding.Good("collector", $"{collector} can be connected to");
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            var cause = failure is SocketException ? failure.Message : $"no answer within {Patience.TotalSeconds} s";
            return Finding.Doubtful("collector", $"{collector} cannot be connected to: {cause}", "a server runs without it, and its metrics and traces are lost");
        }
    }
}
