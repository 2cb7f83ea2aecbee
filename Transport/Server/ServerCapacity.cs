namespace Snakepit.Transport;

/// <summary>What a server bears of all its callers together.</summary>
public sealed record ServerCapacity
{
    public static ServerCapacity Default { get; } = new();

    /// <summary>Connections at a time, over all addresses. One more is closed as soon as it opens.</summary>
    public int Connections { get; init; } = 10_000;

    /// <summary>
    /// Bytes of requests that are not all there yet. A call whose message would go beyond is refused; never less than
    /// one message of the largest size.
    /// </summary>
    public long IncompleteBytes { get; init; } = 512 * 1024 * 1024;
}
