using System.CommandLine;

namespace Snakepit.Serving.CommandLine;

/// <summary>A command that is made only where it is needed.</summary>
/// <param name="Name">What one types.</param>
/// <param name="Make">Makes it.</param>
public sealed record NamedCommand(string Name, Func<Command> Make);
