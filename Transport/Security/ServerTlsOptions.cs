namespace Snakepit.Transport;

/// <summary>How a server is reached by TLS.</summary>
/// <param name="Files">Its certificate and key; the authorities are those of its clients' certificates.</param>
/// <param name="Clients">Asked for only where there are authorities.</param>
/// <param name="SparesLoopback">Addresses that only this machine reaches stay cleartext.</param>
public sealed record ServerTlsOptions(TlsFiles Files, ClientCertificates Clients, bool SparesLoopback = false);
