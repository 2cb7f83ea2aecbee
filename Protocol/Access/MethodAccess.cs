using Google.Protobuf;

namespace Snakepit.Protocol.Access;

/// <summary>What an RPC asks of its caller. Every entry of the method table says one.</summary>
public sealed class MethodAccess
{
    private readonly Func<IMessage, string>? _sessionIdOf;

    private MethodAccess(AccessScope scope, Rights rights, Func<IMessage, string>? sessionIdOf = null) =>
        (Scope, Rights, _sessionIdOf) = (scope, rights, sessionIdOf);

    /// <summary>Nothing: nobody is asked who they are.</summary>
    public static MethodAccess Open { get; } = new(AccessScope.Open, Rights.None);

    /// <summary>To be someone.</summary>
    public static MethodAccess Authenticated { get; } = new(AccessScope.Authenticated, Rights.None);

    public AccessScope Scope { get; }

    /// <summary>All of these are needed.</summary>
    public Rights Rights { get; }

    /// <summary>Whether its calls are watches of the session, which are counted.</summary>
    public bool IsWatch => Scope == AccessScope.Session && Rights == Rights.Watch;

    /// <summary>Whether a gateway may make this call for a host that is attached here: <see cref="Rpc.RpcHeaders.ToolHost"/>.</summary>
    public bool MayBeRelayed { get; private init; }

    /// <summary>Rights on the session that the request names.</summary>
    public static MethodAccess OnSession<TRequest>(Rights rights, Func<TRequest, string> sessionIdOf)
        where TRequest : class, IMessage => new(AccessScope.Session, rights, request => sessionIdOf((TRequest)request));

    /// <summary>As <see cref="OnSession"/>, of a call that gateways hand over to each other.</summary>
    public static MethodAccess OnSessionOrRelayed<TRequest>(Rights rights, Func<TRequest, string> sessionIdOf)
        where TRequest : class, IMessage =>
        new(AccessScope.Session, rights, request => sessionIdOf((TRequest)request)) { MayBeRelayed = true };

    /// <summary>Rights on some session: its handler judges each session that the call comes to.</summary>
    public static MethodAccess Somewhere(Rights rights) => new(AccessScope.Somewhere, rights);

    /// <summary>Rights on every session of the tenant: what the call changes or shows belongs to none.</summary>
    public static MethodAccess Everywhere(Rights rights) => new(AccessScope.Everywhere, rights);

    /// <summary>The session that a request names; null where its method names none.</summary>
    public string? SessionOf(IMessage request) => _sessionIdOf?.Invoke(request);
}

/// <summary>Where a caller must have the rights that an RPC needs.</summary>
public enum AccessScope
{
    /// <summary>Nowhere; it need not even say who it is.</summary>
    Open,

    /// <summary>Nowhere, but it must be known.</summary>
    Authenticated,

    /// <summary>On the session that the request names.</summary>
    Session,

    /// <summary>On any session.</summary>
    Somewhere,

    /// <summary>On all sessions of its tenant.</summary>
    Everywhere,
}
