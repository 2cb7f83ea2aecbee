using Snakepit.GrpcGateway;
using Snakepit.Serving.CommandLine;

// The executable `snakepit-gateway`: gRPC for the sessions of a cluster.
var program = new ProgramText(
    "snakepit-gateway",
    "A gateway of a snakepit cluster: the services of the sidecar, for sessions that live in silos.",
    "SNAKEPIT_DATABASE='Host=localhost;Username=snakepit;Database=snakepit' snakepit-gateway",
    "snakepit-gateway doctor");
var commands = new CommandRunner(program, GatewayCommand.Command, static () => [new("doctor", () => new GatewayDoctor())]);
return await commands.RunAsync(args, StandardOutput.Open, () => Console.Error);
