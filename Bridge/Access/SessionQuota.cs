namespace Snakepit.Bridge.Access;

/// <summary>What all callers of one session together may ask of one process. Null = as much as they like.</summary>
/// <param name="CallsPerSecond">In the long run; those of one second may come at once.</param>
/// <param name="Watchers">Watches open at a time.</param>
public sealed record SessionQuota(double? CallsPerSecond, int? Watchers);

/// <summary>A limit that a call would go beyond.</summary>
/// <param name="Message">Names the limit and its value.</param>
/// <param name="RetryAfter">After which the same call has a chance; null = nobody knows.</param>
public sealed record LimitReached(string Message, TimeSpan? RetryAfter);
