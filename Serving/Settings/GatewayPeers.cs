using Snakepit.Transport;

namespace Snakepit.Serving.Settings;

/// <summary>How other gateways are called by TLS.</summary>
/// <param name="Files">What this one shows them, and whom it believes.</param>
/// <param name="Name">The name that their certificates have; null = the address that each advertises.</param>
public sealed record GatewayPeers(TlsFiles Files, string? Name);
