using System.CommandLine;

namespace Snakepit.Sidecar.CommandLine;

/// <summary>A command whose help text ends with examples.</summary>
internal abstract class DocumentedCommand(string name, string description, params string[] examples)
    : Command(name, description)
{
    /// <summary>Whole command lines.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;
}
