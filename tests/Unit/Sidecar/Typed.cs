using Snakepit.Serving.CommandLine;
using Snakepit.Sidecar;

namespace Snakepit.Tests.Sidecar;

/// <summary>What the process prints and returns for a command line. For those that start no server and call none.</summary>
internal sealed record Typed(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static Task<Typed> RunAsync(params string[] arguments) => RunAsync(
        new CommandRunner(
            new ProgramText("snakepit", "A program under test.", "snakepit demo", "snakepit watch tour") { CallsServers = true },
            ServeCommand.Command,
            () => SidecarCommands.All),
        arguments);

    public static async Task<Typed> RunAsync(CommandRunner commands, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var exitCode = await commands.RunAsync(arguments, () => output, () => error).WaitAsync(Deadline);
        return new Typed(exitCode, output.ToString(), error.ToString());
    }
}
