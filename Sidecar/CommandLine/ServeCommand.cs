using Microsoft.Extensions.Logging;
using Snakepit.Sidecar.Logging;
using Snakepit.Sidecar.Settings;
using Snakepit.Storage;
using Snakepit.Transport;

namespace Snakepit.Sidecar.CommandLine;

/// <summary>`snakepit serve`: a server until it is told to end.</summary>
internal sealed class ServeCommand : DocumentedCommand
{
    public const string CommandName = "serve";

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly SettingOptions _options = new(ServeSettings.All);

    public ServeCommand()
        : base(
            CommandName,
            "Serve sessions and calculations over gRPC. The default when no command is given. "
                + "Each option can also be given by the environment variable named behind it, or in a file (--config); "
                + "the command line wins over the environment, the environment over the file.",
            "snakepit serve",
            "snakepit serve --data ./data --port 3000",
            "snakepit serve --memory --port 0 --log-format json",
            "snakepit serve --listen localhost --listen localhost:3000",
            "SNAKEPIT_TTL=10m snakepit serve --config snakepit.json")
    {
        _options.AddTo(this);
        SetAction((parsed, _) => RunAsync(setting => _options.TextOf(setting, parsed)));
    }

    /// <summary>Serves until the process is told to end.</summary>
    /// <param name="commandLine">The text the command line has for a setting; null where it has none.</param>
    public static async Task<int> RunAsync(Func<Setting, string?> commandLine)
    {
        var values = SettingValues.Read(
            ServeSettings.All, ServeSettings.Config, commandLine, Environment.GetEnvironmentVariable);
        using var end = new EndSignal();
        var options = ServeOptions.From(values);
        var format = values.Of(ServeSettings.LogFormat);
        var output = new LogOutput(Console.OpenStandardError());
        using var loggers = new LineLoggerFactory(output, format, values.Of(ServeSettings.LogLevel), options.TimeProvider);
        await using var server = await StartAsync(options, loggers);
        var store = options.DataFolder ?? "memory";
        if (format == LogFormat.Text)
        {
            // Told at every log level: it answers the question of whoever typed the command.
            output.Write($"snakepit serves on port {server.Port}; {server.SessionCount} sessions, kept in {store}; Ctrl-C ends it{Environment.NewLine}");
        }
        else
        {
            loggers.CreateLogger<ServeCommand>().Serving(server.Port, server.SessionCount, store);
        }

        Readiness.Announce(server.Port, Environment.GetEnvironmentVariable(Readiness.FileVariable));
        await end.Came;
        await server.StopAsync(Grace);
        return (int)ExitCode.Done;
    }

    private static async Task<SidecarServer> StartAsync(SidecarOptions options, ILoggerFactory loggers)
    {
        try
        {
            return await SidecarServer.StartAsync(options, loggers);
        }
        catch (Exception failure) when (failure is EndpointUnavailableException or StoreException)
        {
            throw new MistakeException(failure.Message);
        }
    }
}
