using System.Collections.Frozen;
using System.Text;

namespace Snakepit.Sessions.Values;

/// <summary>The texts a value is chosen from. An empty list of them means that anything goes.</summary>
internal sealed class AllowedTexts
{
    private const int MaxShown = 1000;

    private readonly FrozenSet<string> _texts;
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly int _longest;
    private readonly string _shown;

    public AllowedTexts(IReadOnlyList<string> texts)
    {
        _texts = texts.ToFrozenSet(StringComparer.Ordinal);
        _lookup = _texts.GetAlternateLookup<ReadOnlySpan<char>>();
        _longest = texts.Count == 0 ? 0 : texts.Max(text => Encoding.UTF8.GetByteCount(text));
        var all = string.Join(", ", texts);
        _shown = all.Length <= MaxShown ? all : string.Concat(Shown.Start(all, MaxShown), "…");
    }

    /// <summary>True if a text, in UTF-8, is one of them.</summary>
    public bool Allow(ReadOnlySpan<byte> text)
    {
        if (_texts.Count == 0)
        {
            return true;
        }

        if (text.Length > _longest)
        {
            return false;
        }

        Span<char> characters = text.Length <= 256 ? stackalloc char[256] : new char[text.Length];
        var length = Encoding.UTF8.GetChars(text, characters);
        return _lookup.Contains(characters[..length]);
    }

    public static bool Same(AllowedTexts? left, AllowedTexts? right)
    {
        // Without any, everything is allowed: as if there were no list.
        var leftTexts = left?._texts ?? FrozenSet<string>.Empty;
        var rightTexts = right?._texts ?? FrozenSet<string>.Empty;
        return leftTexts.SetEquals(rightTexts);
    }

    /// <summary>All of them in the order given, as a refusal lists them; a very long list is cut.</summary>
    public override string ToString() => _shown;
}
