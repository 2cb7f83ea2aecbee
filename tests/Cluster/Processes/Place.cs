namespace Snakepit.Tests.Cluster.Processes;

/// <summary>Where a process of a cluster is.</summary>
/// <param name="Namespace">The network namespace; null = that of the tests.</param>
/// <param name="Address">By which the others and its clients reach it.</param>
internal sealed record Place(string? Namespace, string Address)
{
    public static Place Here { get; } = new(null, "127.0.0.1");

    /// <summary>What it is told of that. No TLS: the network is the test's own.</summary>
    public IEnumerable<(string Variable, string Value)> Settings => this == Here
        ? []
        : [("SNAKEPIT_ADVERTISE", Address), ("SNAKEPIT_LISTEN", Address), ("SNAKEPIT_INSECURE", "true")];
}

/// <summary>Where all processes of a cluster are.</summary>
internal sealed record Places(IReadOnlyList<Place> Silos, IReadOnlyList<Place> Gateways)
{
    public static Places AllHere(int size)
    {
        Place[] here = [.. Enumerable.Repeat(Place.Here, size)];
        return new Places(here, here);
    }
}
