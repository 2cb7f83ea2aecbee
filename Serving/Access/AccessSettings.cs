namespace Snakepit.Serving.Access;

/// <summary>Where it stands who may call a server.</summary>
public sealed record AccessSettings
{
    /// <summary>The access file; null = everyone may do everything.</summary>
    public string? File { get; init; }

    /// <summary>The file with what the gateways of the cluster show each other; null = they show nothing.</summary>
    public string? PeerTokenFile { get; init; }

    /// <exception cref="CommandLine.MistakeException">The file cannot be read, or is wrong.</exception>
    internal PeerTokens? OpenPeers() => PeerTokenFile is null ? null : new PeerTokens(PeerTokenFile);
}
