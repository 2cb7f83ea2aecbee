using Microsoft.Extensions.Logging;
using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Logging;
using Snakepit.Serving.Settings;
using Snakepit.Serving.Settings.Groups;

namespace Snakepit.GrpcGateway;

/// <summary>`snakepit-gateway serve`: a gateway until it is told to end.</summary>
internal static class GatewayCommand
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public static ServerCommand Command { get; } = new(
        "serve",
        "Serve a cluster's sessions and calculations over gRPC.",
        GatewaySettings.All,
        ServeAsync,
        "SNAKEPIT_DATABASE='Host=db;Username=snakepit;Database=snakepit' snakepit-gateway",
        "snakepit-gateway --port 50052 --admin 127.0.0.1:8082");

    private static async Task<ExitCode> ServeAsync(SettingValues values)
    {
        using var end = new EndSignal();
        var options = GatewaySettings.WithDatabaseFrom(values);
        var format = values.Of(LogGroup.Format);
        var output = new LogOutput(Console.OpenStandardError());
        using var loggers = new LineLoggerFactory(output, format, values.Of(LogGroup.Level), options.TimeProvider);
        if (format == LogFormat.Text)
        {
            // Told at every log level, and before: it waits as long as the cluster takes to come up.
            output.Write($"snakepit-gateway looks for cluster {options.ClusterId}; Ctrl-C ends it{Environment.NewLine}");
        }

        Exposure.Warn(values, loggers, ListenGroup.Listen, AdminGroup.Admin);
        Exposure.WarnOfCluster(values, loggers);
        var starting = StartAsync(options, values, loggers, end.Cancellation);
        await using var gateway = await starting;
        if (gateway is null)
        {
            return ExitCode.Done;
        }

        if (format == LogFormat.Text)
        {
            output.Write($"snakepit-gateway serves on port {gateway.Port}{Environment.NewLine}");
        }

        Readiness.Announce(gateway.Port, Environment.GetEnvironmentVariable(Readiness.FileVariable));
        MistypedVariables.Warn(GatewaySettings.All, loggers);
        await end.Came;
        await gateway.StopAsync(Grace);
        return ExitCode.Done;
    }

    private static async Task<GatewayServer?> StartAsync(
        GatewayServerOptions options, SettingValues values, ILoggerFactory loggers, CancellationToken cancellation)
    {
        try
        {
            return await GatewayServer.StartAsync(options, loggers, cluster: null, cancellation).OrMistakeAsync(values);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
    }
}
