namespace Snakepit.Protocol.Access;

/// <summary>Rights on the sessions whose ids match a pattern.</summary>
/// <param name="Sessions">`*` is the wildcard, anchored at both ends.</param>
/// <param name="Rights">What is granted there.</param>
public sealed record Grant(string Sessions, Rights Rights)
{
    /// <summary>The pattern that matches every session.</summary>
    public const string EverySession = "*";

    private readonly Wildcard _pattern = new(Sessions);

    public bool IsEverywhere => Sessions == EverySession;

    public bool Matches(string sessionId) => IsEverywhere || _pattern.Matches(sessionId);

    public bool Equals(Grant? other) => other is not null && Sessions == other.Sessions && Rights == other.Rights;

    public override int GetHashCode() => HashCode.Combine(Sessions, Rights);
}
