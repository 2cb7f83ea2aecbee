namespace Snakepit.Storage;

/// <summary>
/// The order of the bytes of texts' UTF-8, which is what databases sort by. It differs from that of .NET's
/// own ordinal comparison where characters beyond U+FFFF meet those from U+E000 up.
/// </summary>
internal sealed class Utf8Order : IComparer<string>
{
    public static readonly Utf8Order Instance = new();

    public int Compare(string? x, string? y)
    {
        var common = x.AsSpan().CommonPrefixLength(y);
        return common < x?.Length && common < y?.Length
            ? Rank(x[common]).CompareTo(Rank(y[common]))
            : (x?.Length ?? -1).CompareTo(y?.Length ?? -1);
    }

    // Surrogates stand for the highest code points, so they go behind all others.
    private static int Rank(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
}
