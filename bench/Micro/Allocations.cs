using System.Diagnostics;
using System.Globalization;

namespace Snakepit.Bench.Micro;

/// <summary>Measures what <see cref="HotPaths"/> allocate, on whatever thread, and writes it down.</summary>
internal static class Allocations
{
    private const string FileName = "allocations.txt";

    private const string Comment =
        "# What each hot path allocates, in bytes an operation; written anew by `dotnet run -c Release --project bench/Micro -- --write`.";

    private const int Rounds = 5;

    // Code that was compiled in haste allocates what code that was optimized does not.
    private static readonly TimeSpan UntilCompiled = TimeSpan.FromSeconds(1);

    private static readonly IReadOnlyList<HotPath> All =
    [
        new(nameof(HotPaths.Get), static paths => paths.Get(), Calls: 4_000),
        new(nameof(HotPaths.Set), static paths => paths.Set(), Calls: 2_000),
        new(nameof(HotPaths.Commit), static paths => paths.Commit(), Calls: 300),
        new(nameof(HotPaths.Encode), static paths => paths.Encode(), Calls: 4_000),
        new(nameof(HotPaths.FanOut), static paths => paths.FanOut(), Calls: 50, HotPaths.Watchers),
        new(nameof(HotPaths.Watch), static paths => paths.Watch(), Calls: 4, HotPaths.Watchers),
    ];

    /// <summary>The lines of the file as they would be now, without the comment: name and bytes.</summary>
    public static async Task<List<string>> MeasureAsync()
    {
        await using var paths = new HotPaths();
        var lines = new List<string>();
        foreach (var path in All)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{path.Name} {Measure(path, paths):0}"));
        }

        return lines;
    }

    /// <summary>Measures, and writes the file anew where it lies in the repository; answers with its path.</summary>
    public static async Task<string> WriteAsync()
    {
        var file = Find();
        await File.WriteAllLinesAsync(file, [Comment, .. await MeasureAsync()]);
        return file;
    }

    // The least: what is more has been allocated by something else meanwhile, or by a list of the store that grew.
    private static double Measure(HotPath path, HotPaths paths)
    {
        WarmUp(path, paths);
        return Enumerable.Range(0, Rounds).Min(_ => MeasureRound(path, paths));
    }

    private static void WarmUp(HotPath path, HotPaths paths)
    {
        var begun = Stopwatch.GetTimestamp();
        do
        {
            path.Run(paths);
        }
        while (Stopwatch.GetElapsedTime(begun) < UntilCompiled);
    }

    private static double MeasureRound(HotPath path, HotPaths paths)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var n = 0; n < path.Calls; n++)
        {
            path.Run(paths);
        }

        return (GC.GetTotalAllocatedBytes(precise: true) - before) / ((double)path.Calls * path.OperationsPerCall);
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, FileName);
            if (File.Exists(file))
            {
                return file;
            }
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} lies below no {FileName}.");
    }

    /// <param name="Name">Its method's.</param>
    /// <param name="Run">Calls it once.</param>
    /// <param name="Calls">How many make a round.</param>
    /// <param name="OperationsPerCall">What one call is divided by.</param>
    private sealed record HotPath(string Name, Action<HotPaths> Run, int Calls, int OperationsPerCall = 1);
}
