namespace Snakepit.Grains;

/// <summary>That a gateway has watchers of a session.</summary>
/// <param name="Gateway">The gateway: one life of one process.</param>
/// <param name="Sequence">Grows with each that the gateway sends; one that arrives behind a later one says nothing.</param>
/// <param name="Watchers">How many it has; 0 = the interest is over.</param>
[GenerateSerializer]
[Immutable]
[Alias("snakepit.interest")]
public sealed record Interest(
    [property: Id(0)] string Gateway,
    [property: Id(1)] long Sequence,
    [property: Id(2)] int Watchers)
{
    /// <summary>How long one holds that is not renewed: the gateway has gone then, or is cut off.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromSeconds(60);
}
