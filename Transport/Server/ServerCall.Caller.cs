using Snakepit.Protocol.Access;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>Who makes the call, for as long as that holds.</summary>
internal sealed partial class ServerCall
{
    private ICaller? _caller;
    private IDisposable? _revocation;

    public override Principal Principal =>
        _caller?.Principal ?? (_server.Authentication is null ? Principal.Unrestricted : Principal.Nobody);

    /// <summary>Finds out who makes the call; returns the status that refuses them, null = go on.</summary>
    public RpcStatus? Identify(RpcMethod method)
    {
        if (_server.Authentication is not { } authentication || method.Access is { Scope: AccessScope.Open })
        {
            return null;
        }

        var credentials = new CallCredentials(
            Http.Request.Headers.Authorization.ToString(),
            Http.Tls?.ClientCertificate,
            Peer,
            Http.Request.Headers.ContainsKey(RpcHeaders.Hops));
        var identity = authentication.Authenticate(method, credentials);
        if (identity.Refusal is { } refusal)
        {
            return refusal;
        }

        _caller = identity.Caller;
        if (method.IsStreaming)
        {
            // What is to end it must be there before anyone can want it ended.
            var end = StartDeadline();
            _revocation = _caller!.WhenRevoked(end.End);
            if (HasEnded)
            {
                // Its deadline was quicker than this, and found nothing to let go of.
                _revocation?.Dispose();
            }
        }

        return null;
    }
}
