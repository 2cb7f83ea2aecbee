using Snakepit.Serving.CommandLine;
using Snakepit.Sidecar;
using Snakepit.Sidecar.Client;
using Snakepit.Sidecar.Data;
using Snakepit.Sidecar.Doctor;
using Snakepit.Sidecar.Shell;

namespace Snakepit.Tests.Sidecar;

/// <summary>What the process prints and returns for a command line. For those that start no server and call none.</summary>
internal sealed record Typed(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static Task<Typed> RunAsync(params string[] arguments) => RunAsync(
        new CommandRunner(
            new ProgramText("snakepit", "A program under test.", "snakepit demo", "snakepit watch tour"),
            ServeCommand.Command,
            ("get", () => new GetCommand()),
            ("set", () => new SetCommand()),
            ("watch", () => new WatchCommand()),
            ("history", () => new HistoryCommand()),
            ("rollback", () => new RollbackCommand()),
            ("tools", () => new ToolsCommand()),
            ("call", () => new CallCommand()),
            ("workers", () => new WorkersCommand("workers")),
            ("worker", () => new WorkersCommand("worker") { Hidden = true }),
            ("calc", () => new CalcCommand()),
            ("ping", () => new PingCommand()),
            ("top", () => new TopCommand()),
            ("doctor", () => new DoctorCommand()),
            ("completion", () => new CompletionCommand()),
            ("export", () => new ExportCommand()),
            ("import", () => new ImportCommand()),
            ("backup", () => new BackupCommand()),
            ("restore", () => new RestoreCommand()),
            ("raise-revisions", () => new RaiseRevisionsCommand())),
        arguments);

    public static async Task<Typed> RunAsync(CommandRunner commands, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var exitCode = await commands.RunAsync(arguments, () => output, () => error).WaitAsync(Deadline);
        return new Typed(exitCode, output.ToString(), error.ToString());
    }
}
