using Snakepit.Bridge.Access;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Serving.Access;

/// <summary>Recognises callers by a bearer token, or else by their certificate, or else as the anonymous one.</summary>
/// <param name="rules">The present rules.</param>
/// <param name="peers">What gateways show; null = no gateway calls here.</param>
/// <param name="revocations">Ends calls that last.</param>
/// <param name="refusals">Told of each that is not recognised.</param>
/// <param name="time">The clock.</param>
internal sealed class CallerAuthentication(
    Func<AccessRules> rules, PeerTokens? peers, Revocations revocations, CallRefusals refusals, TimeProvider time) : ICallAuthentication
{
    private const string Scheme = "Bearer ";

    public CallerIdentity Authenticate(RpcMethod method, in CallCredentials credentials)
    {
        var (caller, reason) = Recognise(credentials);
        if (caller is not null)
        {
            caller.Revocations = revocations;
            return CallerIdentity.Of(caller);
        }

        refusals.Note(RefusalReason.Unauthenticated, method, "", credentials.Peer, "", reason);
        return CallerIdentity.Refused(new RpcStatus(RpcCode.Unauthenticated, reason));
    }

    private (KnownCaller? Caller, string Reason) Recognise(in CallCredentials credentials)
    {
        var present = rules();
        if (credentials.Authorization.Length > 0)
        {
            return credentials.Authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
                ? RecogniseToken(credentials.Authorization[Scheme.Length..].Trim(), present)
                : (null, "the authorization header must be Bearer and a token");
        }

        if (credentials.Certificate is { } certificate && present.Certificates.Find(certificate) is { } shown)
        {
            return InTime(shown, "the client's certificate has expired");
        }

        return present.Anonymous is { } anonymous
            ? (new AnonymousCaller(anonymous), "")
            : (null, credentials.Certificate is null
                ? "nothing says who calls: send the header authorization, Bearer and a token"
                : "the client's certificate is nobody's here");
    }

    private (KnownCaller? Caller, string Reason) RecogniseToken(string token, AccessRules present)
    {
        var hash = TokenTable.HashOf(token);
        if (peers is not null && peers.Knows(hash))
        {
            return (new PeerCaller(hash, peers), "");
        }

        if (present.Tokens.Find(hash) is { } known)
        {
            return InTime(known, "the token has expired");
        }

        return present.Jwt is { } jwt && JwtRules.IsLikely(token) && jwt.Find(token, time.GetUtcNow()) is { } signed
            ? InTime(signed, "the token has expired")
            : (null, "the token is not known");
    }

    private (KnownCaller? Caller, string Reason) InTime(KnownCaller caller, string otherwise) =>
        caller.ExpiresAt <= time.GetUtcNow() ? (null, otherwise) : (caller, "");
}

/// <summary>Takes every caller of an address that only launched workers are told for one of them.</summary>
/// <param name="rules">The present rules.</param>
/// <param name="revocations">Ends calls that last.</param>
internal sealed class PoolAuthentication(Func<AccessRules> rules, Revocations revocations) : ICallAuthentication
{
    /// <summary>What servers ask of workers, and no worker of a server.</summary>
    private const string AskedOfWorkers = "StreamTelemetry";

    // Whoever may announce workers could have this very server call here in another's name.
    public CallerIdentity Authenticate(RpcMethod method, in CallCredentials credentials) =>
        credentials.IsSentOn || method.Name == AskedOfWorkers
            ? CallerIdentity.Refused(new RpcStatus(RpcCode.Unauthenticated, "this address is for launched workers; no server may call here"))
            : CallerIdentity.Of(new PoolCaller(rules().Pool) { Revocations = revocations });
}
