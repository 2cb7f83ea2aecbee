using Snakepit.Sidecar.CommandLine;

// The executable `snakepit`: a server, and the commands that call one.
var commands = new CommandRunner(
[
    ("serve", () => new ServeCommand()),
]);
return await commands.RunAsync(args, Console.Out, Console.Error);
