using Snakepit.Storage;

namespace Snakepit.GrpcGateway;

/// <summary>A cluster that is in the process already, with a silo: the gateway uses it and does not end it.</summary>
public sealed record SharedCluster(IClusterClient Client, ISessionStore Store);
