using Microsoft.Extensions.Logging;

namespace Snakepit.Transport;

/// <summary>
/// What all calls of a server share. `Draining` fires when no new ones are taken; without `Authentication` nobody is
/// asked who they are.
/// </summary>
internal sealed record ServerContext(
    int MaxReceiveMessageSize,
    IncompleteBytes Incomplete,
    TimeProvider TimeProvider,
    ILogger Logger,
    double TraceRatio,
    ICallAuthentication? Authentication,
    CancellationToken Draining)
{
    /// <summary>Who sees calls of methods that there are not; null = nobody.</summary>
    public IMethodObserver? UnknownObserver { get; init; }

    /// <summary>Of a server with these options.</summary>
    public static ServerContext Of(GrpcServerOptions options, ILogger logger, CancellationToken draining)
    {
        // Whatever the budget, one message of any size that may come can.
        var incomplete = Math.Max(options.Capacity.IncompleteBytes, options.MaxReceiveMessageSize + (long)Framing.PrefixSize);
        return new ServerContext(
            options.MaxReceiveMessageSize,
            new IncompleteBytes(incomplete, options.TimeProvider, logger),
            options.TimeProvider,
            logger,
            options.TraceRatio,
            options.Authentication,
            draining)
        {
            UnknownObserver = options.Observer?.OfUnknown,
        };
    }
}
