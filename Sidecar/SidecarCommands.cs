using Snakepit.Serving.CommandLine;
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
    public static IReadOnlyList<NamedCommand> All { get; } =
    [
        new("demo", () => new DemoCommand()),
        new("register", () => new RegisterCommand()),
        new("get", () => new GetCommand()),
        new("set", () => new SetCommand()),
        new("list", () => new ListCommand()),
        new("delete", () => new DeleteCommand()),
        new("watch", () => new WatchCommand()),
        new("history", () => new HistoryCommand()),
        new("rollback", () => new RollbackCommand()),
        new("tools", () => new ToolsCommand()),
        new("call", () => new CallCommand()),
        new("workers", () => new WorkersCommand("workers")),
        new("worker", () => new WorkersCommand("worker") { Hidden = true }),
        new("sessions", () => new SessionsCommand()),
        new("audit", () => new AuditCommand()),
        new("end", () => new EndCommand()),
        new("calc", () => new CalcCommand()),
        new("ping", () => new PingCommand()),
        new("token", () => new TokenCommand()),
        new("top", () => new TopCommand()),
        new("doctor", () => new SidecarDoctor()),
        new("completion", () => new CompletionCommand()),
        new("export", () => new ExportCommand()),
        new("import", () => new ImportCommand()),
        new("backup", () => new BackupCommand()),
        new("restore", () => new RestoreCommand()),
        new("raise-revisions", () => new RaiseRevisionsCommand()),
    ];
}
