namespace Snakepit.Storage.Sqlite;

/// <summary>
/// What is free of a file of chunks. A place is handed out where one fits best, else at the end; what is given back joins what is
/// free beside it. All lengths are rounded up to <see cref="Unit"/>. Not safe for several threads.
/// </summary>
/// <param name="end">Where the file ends, in bytes: nothing before it is free until it is given.</param>
internal sealed class FreeSpace(long end)
{
    /// <summary>Places are multiples of it, in bytes: a block of most file systems.</summary>
    public const int Unit = 4096;

    private readonly Dictionary<long, long> _ends = [];
    private readonly Dictionary<long, long> _starts = [];
    private readonly SortedSet<(long Length, long Start)> _bySize = [];

    /// <summary>Where what is in use ends.</summary>
    public long End { get; private set; } = Rounded(end);

    public static long Rounded(long length) => (length + Unit - 1) / Unit * Unit;

    public long Take(long length)
    {
        length = Rounded(length);
        if (_bySize.Count == 0 || _bySize.Max.Length < length)
        {
            var last = End;
            End += length;
            return last;
        }

        var (found, start) = _bySize.GetViewBetween((length, 0), (long.MaxValue, 0)).Min;
        Remove(start, start + found);
        if (found > length)
        {
            Add(start + length, start + found);
        }

        return start;
    }

    public void Give(long start, long length)
    {
        var end = start + Rounded(length);
        if (_starts.TryGetValue(start, out var before))
        {
            Remove(before, start);
            start = before;
        }

        if (_ends.TryGetValue(end, out var after))
        {
            Remove(end, after);
            end = after;
        }

        if (end == End)
        {
            End = start;
        }
        else
        {
            Add(start, end);
        }
    }

    private void Add(long start, long end)
    {
        _ends.Add(start, end);
        _starts.Add(end, start);
        _bySize.Add((end - start, start));
    }

    private void Remove(long start, long end)
    {
        _ends.Remove(start);
        _starts.Remove(end);
        _bySize.Remove((end - start, start));
    }
}
