using Microsoft.Extensions.Logging;

namespace Snakepit.Bridge.Health;

/// <summary>
/// Why this process cannot serve, told to all who ask: the health service, `/readyz` by <see cref="Reason"/>, and the log
/// when it changes. One at a time tells it; any thread reads it.
/// </summary>
/// <param name="health">What the health service answers with.</param>
/// <param name="logger">Told that it is ready, and that it is not and why.</param>
/// <param name="reason">What holds at first, of which nothing is told; null = ready.</param>
public sealed class ReportedReadiness(HealthStatus health, ILogger logger, string? reason)
{
    private volatile string? _reason = reason;

    /// <summary>In one line; null = ready.</summary>
    public string? Reason => _reason;

    /// <summary>Takes note of what was found.</summary>
    /// <param name="reason">Why it cannot serve, in one line; null = it can.</param>
    public void Tell(string? reason)
    {
        var hasChanged = (reason is null) != (_reason is null);
        _reason = reason;
        if (hasChanged)
        {
            health.Set(isServing: reason is null);
            if (reason is null)
            {
                logger.Ready();
            }
            else
            {
                logger.NotReady(reason);
            }
        }
    }
}
