using System.Globalization;
using Snakepit.Serving.Settings.Groups;

namespace Snakepit.Serving.Doctor;

/// <summary>What the machine lets a server have, and what it needs beside itself.</summary>
public static class MachineChecks
{
    private const long FewFiles = 4_096;

    // The program's own, the store's, what it calls itself, and some to spare.
    private const long FilesBeside = 256;
    private const long LittleMemory = 256L << 20;

    /// <summary>How many files, and so connections, the process may have open.</summary>
    /// <param name="connections">How many connections of clients it may have; 0 = it takes no calls.</param>
    public static IEnumerable<Finding> OpenFiles(int connections)
    {
        const string Limits = "/proc/self/limits";
        const string Line = "Max open files";
        if (File.Exists(Limits))
        {
            // The runtime has raised the soft limit to the hard one by now.
            var text = File.ReadLines(Limits).First(line => line.StartsWith(Line, StringComparison.Ordinal))[Line.Length..]
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
            yield return OpenFiles(text, connections);
        }
    }

    /// <param name="limit">As the kernel writes it: a number, or `unlimited`.</param>
    /// <param name="connections">As above.</param>
    internal static Finding OpenFiles(string limit, int connections)
    {
        const string Subject = "open files";
        var text = $"{limit} at most";
        if (!long.TryParse(limit, CultureInfo.InvariantCulture, out var most))
        {
            return Finding.Good(Subject, text);
        }

        var needed = connections + FilesBeside;
        return connections > 0 && most < needed
            ? Finding.Doubtful(
                Subject,
                string.Create(CultureInfo.InvariantCulture, $"{text}, and {ListenGroup.MaxConnections.Option} is {connections}: each connection is one"),
                most - FilesBeside > 0
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"raise the limit to {needed} or more (`ulimit -n`, LimitNOFILE=), or lower {ListenGroup.MaxConnections.Option} to {most - FilesBeside} or less")
                    : string.Create(CultureInfo.InvariantCulture, $"raise the limit to {needed} or more (`ulimit -n`, LimitNOFILE=)"))
            : connections == 0 && most < FewFiles
                ? Finding.Doubtful(Subject, text, $"raise it (`ulimit -n`, LimitNOFILE=): each connection is one, and {FewFiles} is little for a server")
                : Finding.Good(Subject, text);
    }

    public static Finding Memory()
    {
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var text = string.Create(CultureInfo.InvariantCulture, $"{available / 1048576.0:0} MiB for this process");
        return available < LittleMemory
            ? Finding.Doubtful("memory", text, "an idle server takes some 60 MiB; sessions in use and their watchers come on top")
            : Finding.Good("memory", text);
    }
}
