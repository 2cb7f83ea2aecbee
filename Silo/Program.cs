using Snakepit.Serving.CommandLine;
using Snakepit.Silo;

// The executable `snakepit-silo`: one of the processes that a cluster's sessions live in.
var program = new ProgramText(
    "snakepit-silo",
    "A silo of a snakepit cluster: sessions and calculations live in its grains.",
    "SNAKEPIT_DATABASE='Host=localhost;Username=snakepit;Database=snakepit' snakepit-silo",
    "snakepit-silo --memory --with-gateway",
    "snakepit-silo doctor");
var commands = new CommandRunner(program, SiloCommand.Command, static () => [new("doctor", () => new SiloDoctor())]);
return await commands.RunAsync(args, StandardOutput.Open, () => Console.Error);
