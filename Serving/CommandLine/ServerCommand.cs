using System.CommandLine;
using Snakepit.Serving.Settings;

namespace Snakepit.Serving.CommandLine;

/// <summary>
/// The command that serves until the process is told to end. Its arguments are settings and nothing else; it is
/// what a program does when no command is named.
/// </summary>
/// <param name="Name">As `serve`.</param>
/// <param name="Description">What it serves: whole sentences.</param>
/// <param name="Settings">All it can be told, in the order of its help text.</param>
/// <param name="Serve">Serves, and gives the exit code.</param>
/// <param name="Examples">Whole command lines.</param>
public sealed record ServerCommand(
    string Name,
    string Description,
    IReadOnlyList<Setting> Settings,
    Func<SettingValues, Task<ExitCode>> Serve,
    params IReadOnlyList<string> Examples)
{
    /// <param name="commandLine">The text the command line has for a setting; null where it has none.</param>
    /// <exception cref="MistakeException">A setting is wrong, or it cannot be served as they say.</exception>
    internal async Task<int> RunAsync(Func<Setting, string?> commandLine) =>
        (int)await Serve(SettingValues.ReadWithFile(Settings, commandLine));

    /// <summary>The command as the full parser has it.</summary>
    public Command ToCommand() => new Parsed(this);

    private sealed class Parsed : DocumentedCommand
    {
        public Parsed(ServerCommand server)
            : base(
                server.Name,
                $"{server.Description} The default when no command is given. "
                    + "Each option can also be given by the environment variable named behind it, or in a file (--config); "
                    + "the command line wins over the environment, the environment over the file."
                    + string.Concat(server.Settings.Where(setting => setting.IsSecret).Select(secret =>
                        $" {secret.Variable}, {secret.Description}: in the environment or the file only.")),
                [.. server.Examples])
        {
            var options = new SettingOptions(server.Settings);
            options.AddTo(this);
            SetAction((parsed, _) => server.RunAsync(setting => options.TextOf(setting, parsed)));
        }
    }
}
