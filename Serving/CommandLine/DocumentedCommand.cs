using System.CommandLine;
using System.Diagnostics.CodeAnalysis;

namespace Snakepit.Serving.CommandLine;

/// <summary>A command whose help text ends with examples.</summary>
[SuppressMessage("Design", "CA1010", Justification = "Command itself is an untyped collection, for initializers only")]
public abstract class DocumentedCommand(string name, string description, params string[] examples)
    : Command(name, description)
{
    /// <summary>Whole command lines.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;
}
