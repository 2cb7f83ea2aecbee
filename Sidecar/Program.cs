using Snakepit.Serving.CommandLine;
using Snakepit.Sidecar;
using Snakepit.Sidecar.Access;
using Snakepit.Sidecar.Client;
using Snakepit.Sidecar.Data;
using Snakepit.Sidecar.Demo;
using Snakepit.Sidecar.Doctor;
using Snakepit.Sidecar.Shell;

// The executable `snakepit`: a server, and the commands that call one.
var program = new ProgramText(
    "snakepit",
    "A durable session and variable service over gRPC, and its command line.",
    "snakepit demo",
    "snakepit serve --data ./data",
    "snakepit register tour temperature float 20.5",
    "snakepit watch tour");
var commands = new CommandRunner(
    program,
    ServeCommand.Command,
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
    ("doctor", () => new DoctorCommand()),
    ("completion", () => new CompletionCommand()),
    ("export", () => new ExportCommand()),
    ("import", () => new ImportCommand()),
    ("backup", () => new BackupCommand()),
    ("restore", () => new RestoreCommand()),
    ("raise-revisions", () => new RaiseRevisionsCommand()));
return await commands.RunAsync(args, StandardOutput.Open, () => Console.Error);
