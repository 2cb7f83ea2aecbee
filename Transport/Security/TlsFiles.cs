namespace Snakepit.Transport;

/// <summary>The files, all PEM, that say who a process is and whom it believes.</summary>
/// <param name="Certificate">Its own certificate and behind it those that lead to its authority; null = it has none.</param>
/// <param name="Key">The certificate's key, unencrypted. With a certificate only, and then always.</param>
/// <param name="Authorities">The authorities whose certificates are believed, and no others; null = those of the system.</param>
public sealed record TlsFiles(string? Certificate, string? Key, string? Authorities);
