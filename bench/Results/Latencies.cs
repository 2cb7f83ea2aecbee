namespace Snakepit.Bench;

/// <summary>How long each of many things took. One thread adds to it.</summary>
internal sealed class Latencies
{
    private readonly List<TimeSpan> _all = [];

    public void Add(TimeSpan latency) => _all.Add(latency);

    /// <summary>All of several, once nobody adds to them.</summary>
    public static Latencies Of(IEnumerable<Latencies> parts)
    {
        var whole = new Latencies();
        foreach (var part in parts)
        {
            whole._all.AddRange(part._all);
        }

        return whole;
    }

    /// <param name="part">0 to 1.</param>
    public TimeSpan Percentile(double part)
    {
        _all.Sort();
        return _all[Math.Min(_all.Count - 1, (int)(_all.Count * part))];
    }
}
