using Snakepit.Sidecar.Client;
using Snakepit.Sidecar.CommandLine;

// The executable `snakepit`: a server, and the commands that call one.
var commands = new CommandRunner(
[
    ("serve", () => new ServeCommand()),
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
return await commands.RunAsync(args, Console.Out, Console.Error);
