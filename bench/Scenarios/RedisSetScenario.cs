using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Snakepit.Bench.Scenarios;

/// <summary>SET of 100 bytes by redis-benchmark, 200 connections with one in flight each.</summary>
internal sealed partial class RedisSetScenario() : LoadScenario(Title)
{
    public const string Title = "SET by redis-benchmark";
    private const int Guess = 40_000;

    public override bool Suits(Contender contender) => contender is RedisContender;

    protected override Task PrepareAsync(Contender contender, MeasuredServer server) => Task.CompletedTask;

    protected override async Task<IReadOnlyList<Figure>> LoadAsync(Contender contender, MeasuredServer server, int seconds)
    {
        var requests = Guess * seconds;
        var before = server.ProcessorTime;
        using var process = Process.Start(new ProcessStartInfo(
            "redis-benchmark",
            [
                "-p", Text(server.Port), "-t", "set", "-n", Text(requests), "-c", Text(H2Load.Connections * H2Load.CallsPerConnection),
                "-d", "100", "--csv",
            ])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var rate = RatePattern().Match(output);
        return rate.Success
            ? [
                new Figure(Figure.Rate, double.Parse(rate.Groups["rate"].Value, CultureInfo.InvariantCulture), "calls/s"),
                new Figure(Figure.Cpu, (server.ProcessorTime - before).TotalMicroseconds / requests, "µs/call"),
            ]
            : throw new InvalidOperationException($"redis-benchmark failed:\n{output}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("\"SET\",\"(?<rate>[\\d.]+)\"")]
    private static partial Regex RatePattern();
}
