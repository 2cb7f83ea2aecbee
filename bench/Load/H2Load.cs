using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Snakepit.Bench;

/// <summary>Drives a unary method with h2load (Debian's nghttp2-client): the same request over and over.</summary>
internal static partial class H2Load
{
    public const int Connections = 4;
    public const int CallsPerConnection = 50;

    /// <summary>Requests a second over about the given time; fails if one call failed.</summary>
    public static async Task<(double RequestsPerSecond, long Requests)> RunAsync(int port, UnaryCall call, int seconds, int connections = Connections, int callsPerConnection = CallsPerConnection)
    {
        var body = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(body, Http2Frame.Message(call.Request));
            string[] arguments =
            [
                "-D", seconds.ToString(CultureInfo.InvariantCulture), "--warm-up-time", "1",
                "-c", Text(connections), "-m", Text(callsPerConnection), "-t", "1", "-d", body,
                "-H", "content-type: application/grpc", "-H", "te: trailers",
                $"http://127.0.0.1:{port}{call.Path}",
            ];
            using var process = Process.Start(new ProcessStartInfo("h2load", arguments) { RedirectStandardOutput = true })!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            var rate = RatePattern().Match(output);
            var counts = CountsPattern().Match(output);
            if (!rate.Success || !counts.Success || counts.Groups["failed"].Value != "0")
            {
                throw new InvalidOperationException($"h2load failed:\n{output}");
            }

            return (Number(rate, "rate"), (long)Number(counts, "succeeded"));
        }
        finally
        {
            File.Delete(body);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static double Number(Match match, string group) =>
        double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<rate>[\d.]+) req/s")]
    private static partial Regex RatePattern();

    [GeneratedRegex(@"(?<succeeded>\d+) succeeded, (?<failed>\d+) failed")]
    private static partial Regex CountsPattern();
}
