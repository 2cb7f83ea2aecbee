using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf;

namespace Snakepit.Bench;

/// <summary>Drives a unary method with h2load (Debian's nghttp2-client): the same request over and over.</summary>
internal static partial class H2Load
{
    public const int Connections = 4;
    public const int CallsPerConnection = 50;

    /// <summary>Requests a second over about the given time; fails if one call failed.</summary>
    public static async Task<(double RequestsPerSecond, long Requests)> RunAsync(int port, string path, IMessage request, int seconds)
    {
        var body = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(body, Frame(request));
            string[] arguments =
            [
                "-D", seconds.ToString(CultureInfo.InvariantCulture), "--warm-up-time", "1",
                "-c", Text(Connections), "-m", Text(CallsPerConnection), "-t", "1", "-d", body,
                "-H", "content-type: application/grpc", "-H", "te: trailers",
                $"http://127.0.0.1:{port}{path}",
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

    private static byte[] Frame(IMessage message)
    {
        var frame = new byte[5 + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - 5);
        message.WriteTo(frame.AsSpan(5));
        return frame;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static double Number(Match match, string group) =>
        double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<rate>[\d.]+) req/s")]
    private static partial Regex RatePattern();

    [GeneratedRegex(@"(?<succeeded>\d+) succeeded, (?<failed>\d+) failed")]
    private static partial Regex CountsPattern();
}
