using System.Globalization;

namespace Snakepit.Tests.Cluster.Processes;

/// <summary>How often a test does what it does; more by hand, as SNAKEPIT_CLUSTER_ROUNDS says.</summary>
internal static class Rounds
{
    public static int Count { get; } =
        int.Parse(Environment.GetEnvironmentVariable("SNAKEPIT_CLUSTER_ROUNDS") ?? "1", CultureInfo.InvariantCulture);
}
