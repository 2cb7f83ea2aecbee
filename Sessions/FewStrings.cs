namespace Snakepit.Sessions;

/// <summary>Strings to be found among, mostly so few that looking at each is quicker, and smaller, than a set.</summary>
internal readonly struct FewStrings
{
    private const int Few = 8;

    private readonly HashSet<string>? _set;

    public FewStrings(IReadOnlyCollection<string> strings)
    {
        All = strings.Count == 0 ? [] : [.. strings];
        _set = All.Length > Few ? new HashSet<string>(All, StringComparer.Ordinal) : null;
    }

    /// <summary>As they were given.</summary>
    public string[] All { get; }

    public bool Contains(string wanted) => _set?.Contains(wanted) ?? All.AsSpan().Contains(wanted);
}
