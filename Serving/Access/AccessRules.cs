using Snakepit.Bridge.Access;
using Snakepit.Protocol.Access;

namespace Snakepit.Serving.Access;

/// <summary>What an access file says. Immutable: a file that has changed makes new ones.</summary>
internal sealed record AccessRules
{
    /// <summary>The principal of the workers that this server has launched, by its name in the file.</summary>
    public const string PoolName = "pool";

    public required IReadOnlyDictionary<string, Principal> Principals { get; init; }

    public required TokenTable Tokens { get; init; }

    public required CertificateTable Certificates { get; init; }

    /// <summary>Null = signed tokens of others are not taken.</summary>
    public JwtRules? Jwt { get; init; }

    /// <summary>What a caller without credentials is; null = refused.</summary>
    public Principal? Anonymous { get; init; }

    /// <summary>What one session bears; null = as much as there is.</summary>
    public SessionQuota? Sessions { get; init; }

    /// <summary>What launched workers are: as the file says of `pool`, else all that a worker needs, of the tenant without a name.</summary>
    public Principal Pool => Principals.GetValueOrDefault(PoolName) ?? DefaultPool;

    private static Principal DefaultPool { get; } = new(
        PoolName,
        "",
        [new Grant(Grant.EverySession, Rights.Read | Rights.Write | Rights.Watch | Rights.CallTools | Rights.ServeTools)]);
}
