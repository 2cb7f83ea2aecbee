namespace Snakepit.Protocol;

/// <summary>
/// A pattern over names: <c>*</c> stands for any run of characters, also none; everything else is literal.
/// Anchored at both ends.
/// </summary>
/// <remarks>Linear time: the earliest place for each piece is always a right one, so nothing is tried twice.</remarks>
public sealed class Wildcard
{
    private readonly string _prefix;
    private readonly string _suffix;
    private readonly string[] _middle;
    private readonly bool _isLiteral;

    public Wildcard(string pattern)
    {
        Pattern = pattern;
        var pieces = pattern.Split('*');
        _prefix = pieces[0];
        _suffix = pieces[^1];
        _isLiteral = pieces.Length == 1;
        _middle = _isLiteral ? [] : [.. pieces[1..^1].Where(piece => piece.Length > 0)];
    }

    public string Pattern { get; }

    /// <summary>True if there is no <c>*</c> in it: it can match one name only.</summary>
    public bool IsLiteral => _isLiteral;

    public bool Matches(ReadOnlySpan<char> name)
    {
        if (_isLiteral)
        {
            return name.SequenceEqual(Pattern);
        }

        if (name.Length < _prefix.Length + _suffix.Length
            || !name.StartsWith(_prefix, StringComparison.Ordinal)
            || !name.EndsWith(_suffix, StringComparison.Ordinal))
        {
            return false;
        }

        var rest = name[_prefix.Length..(name.Length - _suffix.Length)];
        foreach (var piece in _middle)
        {
            var at = rest.IndexOf(piece, StringComparison.Ordinal);
            if (at < 0)
            {
                return false;
            }

            rest = rest[(at + piece.Length)..];
        }

        return true;
    }

    public override string ToString() => Pattern;
}
