using Snakepit.Serving.CommandLine;
using Snakepit.Sidecar;

// The executable `snakepit`: a server, and the commands that call one.
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
var commands = new CommandRunner(program, ServeCommand.Command, SidecarCommands.All);
return await commands.RunAsync(args, StandardOutput.Open, () => Console.Error);
