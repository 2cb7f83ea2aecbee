using System.CommandLine;
using Snakepit.Sidecar.Access;
using Snakepit.Sidecar.Client;
using Snakepit.Sidecar.Data;
using Snakepit.Sidecar.Demo;
using Snakepit.Sidecar.Doctor;
using Snakepit.Sidecar.Shell;

namespace Snakepit.Sidecar;

/// <summary>The commands of `snakepit` beside `serve`, in the order of its help text.</summary>
internal static class SidecarCommands
{
    public static IReadOnlyList<(string Name, Func<Command> Make)> All { get; } =
    [
        ("demo", () => new DemoCommand()),
        ("register", () => new RegisterCommand()),
        ("get", () => new GetCommand()),
        ("set", () => new SetCommand()),
        ("list", () => new ListCommand()),
        ("delete", () => new DeleteCommand()),
        ("watch", () => new WatchCommand()),
        ("history", () => new HistoryCommand()),
        ("rollback", () => new RollbackCommand()),
        ("tools", () => new ToolsCommand()),
        ("call", () => new CallCommand()),
        ("workers", () => new WorkersCommand("workers")),
        ("worker", () => new WorkersCommand("worker") { Hidden = true }),
        ("sessions", () => new SessionsCommand()),
        ("audit", () => new AuditCommand()),
        ("end", () => new EndCommand()),
        ("calc", () => new CalcCommand()),
        ("ping", () => new PingCommand()),
        ("token", () => new TokenCommand()),
        ("top", () => new TopCommand()),
        ("doctor", () => new SidecarDoctor()),
        ("completion", () => new CompletionCommand()),
        ("export", () => new ExportCommand()),
        ("import", () => new ImportCommand()),
        ("backup", () => new BackupCommand()),
        ("restore", () => new RestoreCommand()),
        ("raise-revisions", () => new RaiseRevisionsCommand()),
    ];
}
