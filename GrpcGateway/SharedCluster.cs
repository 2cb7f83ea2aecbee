using Snakepit.Storage;
using Snakepit.Transport;

namespace Snakepit.GrpcGateway;

/// <summary>A cluster that is in the process already, with a silo: the gateway uses it and does not end it.</summary>
/// <param name="Client">The cluster.</param>
/// <param name="Store">What the silo has open.</param>
/// <param name="Tls">How the process serves its clients; null = in cleartext. The silo sees to its files.</param>
public sealed record SharedCluster(IClusterClient Client, ISessionStore Store, ServerTls? Tls = null);
