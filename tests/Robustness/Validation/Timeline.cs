namespace Snakepit.Tests.Robustness.Validation;

/// <summary>What was known when: the highest of some numbers that were there before a time.</summary>
internal sealed class Timeline
{
    private readonly List<(long Time, long Highest)> _points = [];

    /// <param name="points">In any order.</param>
    public Timeline(IEnumerable<(long Time, long Number)> points)
    {
        var highest = long.MinValue;
        foreach (var (time, number) in points.OrderBy(point => point.Time))
        {
            highest = Math.Max(highest, number);
            _points.Add((time, highest));
        }
    }

    /// <summary>The highest strictly before a time; the least number there is where there was none.</summary>
    public long Before(long time)
    {
        var (low, high) = (0, _points.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _points[middle].Time < time ? (middle + 1, high) : (low, middle);
        }

        return low == 0 ? long.MinValue : _points[low - 1].Highest;
    }
}
