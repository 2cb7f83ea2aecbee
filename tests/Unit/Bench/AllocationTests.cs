using System.Diagnostics;
using System.Globalization;

namespace Snakepit.Tests.Unit.Bench;

/// <summary>
/// The hot paths allocate what bench/Micro/allocations.txt says. Measured in a process of its own, as nothing else may allocate
/// meanwhile.
/// </summary>
public sealed class AllocationTests
{
    private const string WriteAnew = "dotnet run -c Release --project bench/Micro -- --write";

    // What may come by chance: no object has less than this and a header.
    private const long Slack = 16;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly Dictionary<string, long> Written = Parse(File.ReadAllLines(SourceTree.Full("bench/Micro/allocations.txt")));

    private static readonly Lazy<Task<Dictionary<string, long>>> Measured = new(MeasureAsync);

    public static TheoryData<string> Paths => [.. Written.Keys];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_hot_path_allocates_what_is_written_of_it(string path)
    {
        SkipDebugBuild();
        var (written, measured) = (Written[path], (await Measured.Value)[path]);
        Assert.True(
            measured <= (written * 1.1) + Slack,
            $"{path} allocates {measured} bytes an operation, more than the {written} written of it; if that must be: {WriteAnew}");
        Assert.True(
            measured >= Math.Min(written * 0.75, written - Slack),
            $"{path} allocates only {measured} bytes an operation, and {written} are written of it: {WriteAnew}");
    }

    [Fact]
    public async Task Every_hot_path_is_written_down()
    {
        SkipDebugBuild();
        Assert.Equal((await Measured.Value).Keys.Order(), Written.Keys.Order());
    }

    private static void SkipDebugBuild() => Assert.SkipWhen(Configuration == "Debug", "a debug build allocates what a release build does not");

    // The last folder but one of tests/Unit/bin/Release/net10.0.
    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    private static async Task<Dictionary<string, long>> MeasureAsync()
    {
        var program = SourceTree.Full($"bench/Micro/bin/{Configuration}/net10.0/Snakepit.Bench.Micro.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, "--measure"]) { RedirectStandardOutput = true })!;
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            var lines = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            Assert.True(process.ExitCode == 0, $"{program} ended with status {process.ExitCode}");
            return Parse(lines.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
        finally
        {
            process.Kill();
        }
    }

    private static Dictionary<string, long> Parse(IEnumerable<string> lines) => lines
        .Where(line => !line.StartsWith('#'))
        .Select(line => line.Split(' '))
        .ToDictionary(words => words[0], words => long.Parse(words[1], CultureInfo.InvariantCulture));
}
