namespace Snakepit.Transport;

/// <summary>What one call asks for.</summary>
public sealed record RpcCallOptions
{
    /// <summary>
    /// Time for the whole call, told to the server too; then it ends as DEADLINE_EXCEEDED. Null = none.
    /// </summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Metadata of the request, by lower-case name. A `-bin` entry's value is base64.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Compresses large requests and asks the server to compress large responses.</summary>
    public bool Gzip { get; init; }
}
