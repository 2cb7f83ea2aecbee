namespace Snakepit.Protocol.Access;

/// <summary>How much one principal may ask of one process. Null = as much as it likes.</summary>
public sealed record CallerLimits
{
    public static CallerLimits None { get; } = new();

    /// <summary>Calls a second, in the long run.</summary>
    public double? CallsPerSecond { get; init; }

    /// <summary>Calls that may come at once after a quiet time; null = those of one second, at least one.</summary>
    public int? Burst { get; init; }

    /// <summary>Bytes of requests a second, in the long run; those of one second, or one request, may come at once.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>Watches open at a time.</summary>
    public int? OpenWatches { get; init; }

    /// <summary>Sessions that it made and that are there.</summary>
    public int? Sessions { get; init; }
}
