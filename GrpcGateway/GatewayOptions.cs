using Microsoft.Extensions.DependencyInjection;
using Snakepit.Bridge;
using Snakepit.Bridge.Health;
using Snakepit.Transport;

namespace Snakepit.GrpcGateway;

/// <summary>What a <see cref="GatewayHost"/> serves, and where.</summary>
public sealed class GatewayOptions
{
    /// <summary>Where gRPC is served and what is allowed there.</summary>
    public GrpcServerOptions Grpc { get; init; } = new();

    /// <summary>
    /// Makes the method table out of the container's services. Called once, before any of them has been started.
    /// </summary>
    public required Func<IServiceProvider, MethodTable> Methods { get; init; }

    /// <summary>What the health service tells; the host says when it serves and when it drains.</summary>
    public required HealthStatus Health { get; init; }

    /// <summary>
    /// Adds services to the container; those that are hosted start before the first call is taken and stop
    /// after the last has ended.
    /// </summary>
    public Action<IServiceCollection>? ConfigureServices { get; init; }
}
