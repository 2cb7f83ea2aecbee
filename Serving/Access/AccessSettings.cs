namespace Snakepit.Serving.Access;

/// <summary>Where it stands who may call a server.</summary>
public sealed record AccessSettings
{
    /// <summary>The access file; null = everyone may do everything.</summary>
    public string? File { get; init; }

    /// <summary>The file with what the gateways of the cluster show each other; null = they show nothing.</summary>
    public string? PeerTokenFile { get; init; }

    /// <summary>
    /// As `--listen 0.0.0.0`: where other machines are served without a certificate of theirs; null = nowhere. A file by
    /// which callers need not say who they are opens the server to all of them.
    /// </summary>
    public string? Reachable { get; init; }

    /// <summary>That such a file is meant.</summary>
    public bool AllowsAnyone { get; init; }

    /// <exception cref="CommandLine.MistakeException">The file cannot be read, or is wrong.</exception>
    internal PeerTokens? OpenPeers() => PeerTokenFile is null ? null : new PeerTokens(PeerTokenFile);
}
