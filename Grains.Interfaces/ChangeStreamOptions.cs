namespace Snakepit.Grains;

/// <summary>How sessions announce their changes: Orleans' memory streams. The same on all silos and gateways.</summary>
public sealed record ChangeStreamOptions
{
    public static ChangeStreamOptions Default { get; } = new();

    /// <summary>The stream provider's name.</summary>
    public string Provider { get; init; } = SessionStreams.DefaultProvider;

    /// <summary>Queues that all streams share; each is asked for news by one silo.</summary>
    public int Queues { get; init; } = 4;

    /// <summary>How often each queue is asked: about half of it is the delay of an announcement.</summary>
    public TimeSpan PollPeriod { get; init; } = TimeSpan.FromMilliseconds(10);
}
