using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Logging;
using Snakepit.Serving.Settings;
using Snakepit.Serving.Settings.Groups;

namespace Snakepit.Silo;

/// <summary>`snakepit-silo serve`: a silo until it is told to end.</summary>
internal static class SiloCommand
{
    public static ServerCommand Command { get; } = new(
        "serve",
        "Run a silo of a cluster.",
        SiloSettings.All,
        ServeAsync,
        "SNAKEPIT_DATABASE='Host=db;Username=snakepit;Database=snakepit' snakepit-silo",
        "snakepit-silo --silo-port 11112 --client-port 30001 --admin 127.0.0.1:8081",
        "snakepit-silo --memory --with-gateway --port 50051");

    private static async Task<ExitCode> ServeAsync(SettingValues values)
    {
        using var end = new EndSignal();
        var options = SiloSettings.OptionsFrom(values);
        var format = values.Of(LogGroup.Format);
        var output = new LogOutput(Console.OpenStandardError());
        using var loggers = new LineLoggerFactory(output, format, values.Of(LogGroup.Level), options.TimeProvider);
        Exposure.Warn(values, loggers, AdminGroup.Admin);
        if (values.Of(SiloGroup.WithGateway))
        {
            Exposure.Warn(values, loggers, ListenGroup.Listen);
        }

        Exposure.WarnOfCluster(values, loggers);
        var starting = SiloServer.StartAsync(options, loggers).OrMistakeAsync(values);
        await Task.WhenAny(starting, end.Came);
        if (!starting.IsCompleted)
        {
            // Joining cannot be broken off, and has nothing to lose: the others find out that this silo has gone.
            return ExitCode.Done;
        }

        await using var silo = await starting;
        if (format == LogFormat.Text)
        {
            // Told at every log level: it answers the question of whoever typed the command.
            output.Write($"snakepit-silo is part of cluster {options.ClusterId}, on ports {silo.SiloPort} and {silo.ClientPort}; Ctrl-C ends it{Environment.NewLine}");
        }

        Readiness.Announce(silo.GrpcPort ?? silo.ClientPort, Environment.GetEnvironmentVariable(Readiness.FileVariable), silo.GrpcPort is null ? "SILO_READY" : "GRPC_READY");
        MistypedVariables.Warn(SiloSettings.All, loggers);
        await end.Came;
        await silo.StopAsync();
        return ExitCode.Done;
    }
}
