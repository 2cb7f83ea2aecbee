using Snakepit.Protocol.Access;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Serving.Access;

/// <summary>A caller that was recognised by something that the rules know.</summary>
/// <param name="principal">Who it is.</param>
/// <param name="expiresAt">When what it has shown ends; null = by itself never.</param>
internal abstract class KnownCaller(Principal principal, DateTimeOffset? expiresAt) : ICaller
{
    public Principal Principal => principal;

    public DateTimeOffset? ExpiresAt => expiresAt;

    /// <summary>Who ends its calls in time; set by who has recognised it, before anyone else sees it.</summary>
    public Revocations? Revocations { get; set; }

    public IDisposable? WhenRevoked(Action<RpcStatus> revoked) => Revocations?.Add(this, revoked);

    /// <summary>The same under other rules; null = these do not know it.</summary>
    public abstract KnownCaller? FindAgain(AccessRules rules);
}

/// <summary>Who has shown nothing.</summary>
internal sealed class AnonymousCaller(Principal principal) : KnownCaller(principal, expiresAt: null)
{
    public override KnownCaller? FindAgain(AccessRules rules) =>
        rules.Anonymous is { } anonymous ? new AnonymousCaller(anonymous) : null;
}

/// <summary>A gateway of the same cluster.</summary>
/// <param name="hash">The SHA-256 of what it has shown.</param>
/// <param name="peers">What gateways show.</param>
internal sealed class PeerCaller(byte[] hash, PeerTokens peers) : KnownCaller(Peer, expiresAt: null)
{
    private static readonly Principal Peer = new("gateway", "", [new Grant(Grant.EverySession, Rights.Relay)]);

    public override KnownCaller? FindAgain(AccessRules rules) => peers.Knows(hash) ? this : null;
}

/// <summary>A worker of this process's own pool, by the address that it calls.</summary>
internal sealed class PoolCaller(Principal principal) : KnownCaller(principal, expiresAt: null)
{
    public override KnownCaller? FindAgain(AccessRules rules) => new PoolCaller(rules.Pool);
}
