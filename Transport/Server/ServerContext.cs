using Microsoft.Extensions.Logging;

namespace Snakepit.Transport;

/// <summary>
/// What all calls of a server share. `Draining` fires when no new ones are taken; without `Authentication` nobody is
/// asked who they are.
/// </summary>
internal sealed record ServerContext(
    int MaxReceiveMessageSize,
    TimeProvider TimeProvider,
    ILogger Logger,
    ICallObserver? Observer,
    ICallAuthentication? Authentication,
    CancellationToken Draining);
