using Snakepit.Sidecar.Client;
using Snakepit.Sidecar.CommandLine;
using Snakepit.Sidecar.Demo;

// The executable `snakepit`: a server, and the commands that call one.
var commands = new CommandRunner(
[
    ("serve", () => new ServeCommand()),
    ("demo", () => new DemoCommand()),
    ("register", () => new RegisterCommand()),
    ("get", () => new GetCommand()),
    ("set", () => new SetCommand()),
    ("list", () => new ListCommand()),
    ("delete", () => new DeleteCommand()),
    ("watch", () => new WatchCommand()),
    ("history", () => new HistoryCommand()),
    ("rollback", () => new RollbackCommand()),
    ("sessions", () => new SessionsCommand()),
    ("end", () => new EndCommand()),
    ("calc", () => new CalcCommand()),
    ("ping", () => new PingCommand()),
]);
return await commands.RunAsync(args, StandardOutput.Open, () => Console.Error);
