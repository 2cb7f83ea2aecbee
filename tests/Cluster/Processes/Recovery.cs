namespace Snakepit.Tests.Cluster.Processes;

/// <summary>How long it took until the last session answered again.</summary>
/// <param name="Reads">A read.</param>
/// <param name="Writes">A write.</param>
internal sealed record Recovery(TimeSpan Reads, TimeSpan Writes)
{
    // Three seconds until a silo is taken for dead, five until a call lost with it is given up; the rest is for busy machines.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    /// <summary>Writes the times down for people.</summary>
    public static Recovery Note(string what, TimeSpan[] reads, TimeSpan[] writes)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: reads again after {Show(reads)}; writes after {Show(writes)}");
        return new Recovery(reads.Max(), writes.Max());
    }

    public void AssertInTime()
    {
        Assert.InRange(Reads, TimeSpan.Zero, Longest);
        Assert.InRange(Writes, TimeSpan.Zero, Longest);
    }

    private static string Show(TimeSpan[] times) =>
        $"{times.Min().TotalSeconds:0.0} to {times.Max().TotalSeconds:0.0} s (median {times.Order().ElementAt(times.Length / 2).TotalSeconds:0.0} s)";
}
