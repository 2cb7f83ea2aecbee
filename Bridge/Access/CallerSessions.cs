using Google.Protobuf;
using Snakepit.Protocol.Access;
using Snakepit.Sessions;

namespace Snakepit.Bridge.Access;

/// <summary>Sessions as their callers see them: the one place where a principal becomes a tenant's key and a requester.</summary>
internal static class CallerSessions
{
    /// <summary>The session that this principal calls by that id.</summary>
    public static SessionKey KeyOf(this Principal principal, string sessionId) => new(principal.Tenant, sessionId);

    /// <summary>The principal as that session must know it.</summary>
    public static Requester RequesterOn(this Principal principal, string sessionId) =>
        new(principal.Name, principal.May(Rights.Administer, sessionId));

    /// <summary>Hands a request to the session that it names, for its caller.</summary>
    public static ValueTask<Outcome<IMessage>> CallForAsync(
        this ISessions sessions, Principal principal, string sessionId, IMessage request, CancellationToken cancellation) =>
        sessions.CallAsync(principal.KeyOf(sessionId), request, principal.RequesterOn(sessionId), cancellation);
}
