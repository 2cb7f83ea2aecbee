namespace Snakepit.Serving.CommandLine;

/// <summary>What an executable says of itself.</summary>
/// <param name="Name">The command one types; every line about a mistake begins with it.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Examples">Whole command lines.</param>
public sealed record ProgramText(string Name, string Description, params IReadOnlyList<string> Examples)
{
    /// <summary>Whether some of its commands call a server: their exit codes tell how that went.</summary>
    public bool CallsServers { get; init; }
}
