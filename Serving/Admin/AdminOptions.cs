using Snakepit.Transport;

namespace Snakepit.Serving.Admin;

/// <summary>Where probes and scrapers are answered, and whether people are.</summary>
/// <param name="Endpoint">Where.</param>
public sealed record AdminOptions(GrpcEndpoint Endpoint)
{
    /// <summary>Why there is no console, in one line for who looks for it; null = there is one.</summary>
    public string? NoConsole { get; init; }

    /// <summary>Names that it is reached by besides `localhost`, addresses, and that of the endpoint.</summary>
    public IReadOnlyList<string> ConsoleHosts { get; init; } = [];
}
