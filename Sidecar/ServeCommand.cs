using Microsoft.Extensions.Logging;
using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Logging;
using Snakepit.Serving.Settings;
using Snakepit.Serving.Settings.Groups;
using Snakepit.Sidecar.Client;
using Snakepit.Sidecar.Settings;

namespace Snakepit.Sidecar;

/// <summary>`snakepit serve`: a server until it is told to end.</summary>
internal sealed class ServeCommand
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public static ServerCommand Command { get; } = new(
        "serve",
        "Serve sessions and calculations over gRPC.",
        ServeSettings.All,
        ServeAsync,
        "snakepit serve",
        "snakepit serve --data ./data --port 3000",
        "snakepit serve --memory --port 0 --log-format json",
        "snakepit serve --listen localhost --listen localhost:3000",
        "SNAKEPIT_TTL=10m snakepit serve --config snakepit.json");

    private static async Task<ExitCode> ServeAsync(SettingValues values)
    {
        using var end = new EndSignal();
        var options = ServeOptions.From(values);
        var format = values.Of(LogGroup.Format);
        var output = new LogOutput(Console.OpenStandardError());
        using var loggers = new LineLoggerFactory(output, format, values.Of(LogGroup.Level), options.TimeProvider);
        Exposure.Warn(values, loggers, ListenGroup.Listen, AdminGroup.Admin);
        await using var server = await SidecarServer.StartAsync(options, loggers).OrMistakeAsync(values);
        Readiness.Announce(server.Port, Environment.GetEnvironmentVariable(Readiness.FileVariable));
        var store = options.DataFolder ?? "memory";
        if (format == LogFormat.Text)
        {
            // Told at every log level: it answers the question of whoever typed the command.
            output.Write($"snakepit serves on port {server.Port}; {Shown.Count(server.SessionCount, "session")}, kept in {store}; Ctrl-C ends it{Environment.NewLine}");
        }
        else
        {
            loggers.CreateLogger<ServeCommand>().Serving(server.Port, server.SessionCount, store);
        }

        server.TellWhere();
        MistypedVariables.Warn(ServeSettings.All, loggers);
        await end.Came;
        await server.StopAsync(Grace);
        return ExitCode.Done;
    }
}
