namespace Snakepit.Sessions;

/// <summary>What every session of a server has in common.</summary>
public sealed record SessionSettings
{
    public static SessionSettings Default { get; } = new();

    public SessionLimits Limits { get; init; } = SessionLimits.Default;

    /// <summary>Disuse after which a session ends, where its own configuration does not say.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromSeconds(3600);

    /// <summary>Versions kept of each variable, where the session's configuration does not say.</summary>
    public int HistoryLimit { get; init; } = 100;
}
