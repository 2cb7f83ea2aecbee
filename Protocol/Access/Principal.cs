namespace Snakepit.Protocol.Access;

/// <summary>Who makes a call: a name, the tenant whose sessions it sees, and what it may do with them. Immutable.</summary>
public sealed class Principal : IEquatable<Principal>
{
    private readonly Rights _anywhere;
    private readonly Rights _everywhere;

    /// <param name="name">How lists, logs and the audit call it.</param>
    /// <param name="tenant">The tenant whose sessions there are for it.</param>
    /// <param name="grants">Its rights; they add up.</param>
    /// <param name="limits">How much it may ask for.</param>
    public Principal(string name, string tenant, IReadOnlyList<Grant> grants, CallerLimits? limits = null)
    {
        (Name, Tenant, Grants, Limits) = (name, tenant, grants, limits ?? CallerLimits.None);
        foreach (var grant in grants)
        {
            _anywhere |= grant.Rights;
            _everywhere |= grant.IsEverywhere ? grant.Rights : Rights.None;
        }
    }

    /// <summary>Every caller of a server that nobody closed: it has all rights in the only tenant there is.</summary>
    public static Principal Unrestricted { get; } = new("", "", [new Grant(Grant.EverySession, Rights.All | Rights.Relay)]);

    /// <summary>A caller that was not asked who it is, as the method is open to all.</summary>
    public static Principal Nobody { get; } = new("", "", []);

    public string Name { get; }

    public string Tenant { get; }

    public IReadOnlyList<Grant> Grants { get; }

    public CallerLimits Limits { get; }

    /// <summary>Its rights on a session of its tenant.</summary>
    public Rights On(string sessionId)
    {
        if (_everywhere == _anywhere)
        {
            return _everywhere;
        }

        var rights = _everywhere;
        foreach (var grant in Grants)
        {
            if ((grant.Rights & ~rights) != 0 && grant.Matches(sessionId))
            {
                rights |= grant.Rights;
            }
        }

        return rights;
    }

    /// <summary>Whether it has all of these rights on a session of its tenant.</summary>
    public bool May(Rights rights, string sessionId) => (On(sessionId) & rights) == rights;

    /// <summary>Whether there can be sessions on which it has each of these rights.</summary>
    public bool MaySomewhere(Rights rights) => (_anywhere & rights) == rights;

    /// <summary>Whether it has these rights on every session of its tenant, made yet or not.</summary>
    public bool MayEverywhere(Rights rights) => (_everywhere & rights) == rights;

    /// <summary>Whether both say the same: a file that was read again makes new objects.</summary>
    public bool Equals(Principal? other) => ReferenceEquals(this, other) || (other is not null
        && Name == other.Name && Tenant == other.Tenant && Limits == other.Limits && Grants.SequenceEqual(other.Grants));

    public override bool Equals(object? obj) => Equals(obj as Principal);

    public override int GetHashCode() => HashCode.Combine(Name, Tenant);
}
