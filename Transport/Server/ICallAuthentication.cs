using System.Security.Cryptography.X509Certificates;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>Finds out who makes a call. Asked for each, before its request is read. Safe from any thread.</summary>
public interface ICallAuthentication
{
    /// <summary>The caller that these credentials are of, or the status that refuses them.</summary>
    /// <param name="method">What is called.</param>
    /// <param name="credentials">What came with the call. May be none.</param>
    CallerIdentity Authenticate(RpcMethod method, in CallCredentials credentials);
}

/// <summary>What a call brings to say who makes it.</summary>
/// <param name="Authorization">The header of that name; empty = none.</param>
/// <param name="Certificate">What the client showed when it connected, if an authority that the listener trusts has signed it; null = none.</param>
/// <param name="Peer">The caller's address.</param>
/// <param name="IsSentOn">Whether a server made the call, to one that it took for a worker.</param>
public readonly record struct CallCredentials(string Authorization, X509Certificate2? Certificate, string Peer, bool IsSentOn = false);

/// <summary>What credentials came to.</summary>
public readonly struct CallerIdentity
{
    private CallerIdentity(ICaller? caller, RpcStatus? refusal) => (Caller, Refusal) = (caller, refusal);

    /// <summary>Null exactly where <see cref="Refusal"/> is not.</summary>
    public ICaller? Caller { get; }

    public RpcStatus? Refusal { get; }

    public static CallerIdentity Of(ICaller caller) => new(caller, null);

    public static CallerIdentity Refused(RpcStatus status) => new(null, status);
}

/// <summary>A caller, for as long as its credentials hold.</summary>
public interface ICaller
{
    Principal Principal { get; }

    /// <summary>
    /// Has <paramref name="revoked"/> called, once and from any thread, when the credentials hold no longer. Dispose of
    /// the result to have that forgotten; null where they hold for ever.
    /// </summary>
    IDisposable? WhenRevoked(Action<RpcStatus> revoked);
}
