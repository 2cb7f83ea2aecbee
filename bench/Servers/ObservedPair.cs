using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Serving.Admin;
using Snakepit.Serving.Telemetry;
using Snakepit.Sidecar;
using Snakepit.Tests;
using Snakepit.Transport;

namespace Snakepit.Bench;

/// <summary>
/// Two sidecars in one process, each over SQLite: one that nobody looks at, and one that is looked at. Both run the same compiled
/// code on one heap, so what differs between them is what that costs. Processes of their own differ by more.
/// </summary>
internal sealed class ObservedPair : IAsyncDisposable
{
    /// <summary>The first argument of this program where it is such a process.</summary>
    public const string Command = "observed";

    private ObservedPair(MeasuredServer server, int plain, int observed)
    {
        Server = server;
        Plain = plain;
        Observed = observed;
    }

    /// <summary>The process.</summary>
    public MeasuredServer Server { get; }

    /// <summary>The port of the one that nobody looks at.</summary>
    public int Plain { get; }

    /// <summary>The port of the other one.</summary>
    public int Observed { get; }

    /// <param name="adminPort">Where it is scraped; null = it is not.</param>
    /// <param name="collector">Where it sends metrics and a trace of each hundredth call; null = nowhere.</param>
    /// <param name="isFirst">Whether the one that is looked at starts before the other.</param>
    public static async Task<ObservedPair> StartAsync(int? adminPort, string? collector, bool isFirst)
    {
        var (plain, observed) = (FreePort.Next(), FreePort.Next());
        var (folder, remove) = Contender.NewFolder();
        string[] arguments =
        [
            Command, Text(plain), Text(observed), adminPort is { } port ? Text(port) : "-", collector ?? "-", isFirst ? "first" : "second", folder,
        ];

        // Under this load traces go out as soon as there are 512 of them, and so in the slice of load that they come from. That after
        // five seconds they would anyhow would put some of them into another's.
        var process = await ServerProcess.StartAsync(Environment.ProcessPath!, arguments, ("OTEL_BSP_SCHEDULE_DELAY", "60000"));
        return new ObservedPair(new MeasuredServer([("sidecars", process)], remove), plain, observed);
    }

    /// <summary>The process itself; ends when it is killed.</summary>
    public static async Task RunAsync(string[] arguments)
    {
        var (plain, observed) = (Number(arguments[1]), Number(arguments[2]));
        var admin = arguments[3] == "-" ? null : new AdminOptions(new GrpcEndpoint("127.0.0.1", Number(arguments[3]))) { NoConsole = "not here" };
        var telemetry = new TelemetryOptions
        {
            HasPage = admin is not null,
            Otlp = arguments[4] == "-" ? null : new Uri(arguments[4]),
            TraceRatio = arguments[4] == "-" ? 0 : 0.01,
        };
        var folder = arguments[6];
        Func<Task<SidecarServer>>[] servers =
        [
            () => ServeAsync(observed, Path.Combine(folder, "observed"), telemetry, admin),
            () => ServeAsync(plain, Path.Combine(folder, "plain"), new TelemetryOptions { TraceRatio = 0 }, admin: null),
        ];
        var isFirst = arguments[5] == "first";
        await using var first = await servers[isFirst ? 0 : 1]();
        await using var second = await servers[isFirst ? 1 : 0]();
        Console.WriteLine($"GRPC_READY:{Text(plain)}");
        await Task.Delay(Timeout.Infinite);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private static Task<SidecarServer> ServeAsync(int port, string folder, TelemetryOptions telemetry, AdminOptions? admin)
    {
        var options = new SidecarOptions
        {
            Endpoints = [new GrpcEndpoint("127.0.0.1", port)],
            DataFolder = folder,
            Telemetry = telemetry,
            Admin = admin,
        };
        return SidecarServer.StartAsync(options, NullLoggerFactory.Instance);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
