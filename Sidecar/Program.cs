using Snakepit.Serving.CommandLine;
using Snakepit.Sidecar;
using Snakepit.Storage.Sqlite;

// The executable `snakepit`: a server, and the commands that call one.
if (args is [] or ["serve", ..] && !args.Contains("--memory"))
{
    // Beside the reading of settings. What fails here fails again where it is needed, and is told there.
    _ = Task.Run(SqliteStore.Preload);
}

var program = new ProgramText(
    "snakepit",
    "A durable session and variable service over gRPC, and its command line.",
    "snakepit demo",
    "snakepit serve --data ./data",
    "snakepit register tour temperature float 20.5",
    "snakepit watch tour")
{
    CallsServers = true,
};
var commands = new CommandRunner(program, ServeCommand.Command, static () => SidecarCommands.All);
return await commands.RunAsync(args, StandardOutput.Open, () => Console.Error);
