using System.Text;

namespace Snakepit.Sessions.Values.Patterns;

/// <summary>The characters that one place of a pattern accepts.</summary>
internal sealed class RuneSet
{
    private readonly (int First, int Last)[] _ranges;
    private readonly Func<Rune, bool>[] _classes;
    private readonly bool _negated;
    private readonly bool _ignoresCase;
    private readonly UInt128 _ascii;

    public RuneSet(IEnumerable<(int First, int Last)> ranges, IEnumerable<Func<Rune, bool>> classes, bool negated, bool ignoresCase)
    {
        _ranges = [.. ranges];
        _classes = [.. classes];
        _negated = negated;
        _ignoresCase = ignoresCase;
        for (var code = 0; code < 128; code++)
        {
            _ascii |= Find(new Rune(code)) ? UInt128.One << code : UInt128.Zero;
        }
    }

    public bool Contains(Rune rune) => rune.IsAscii ? (_ascii >> rune.Value & UInt128.One) != UInt128.Zero : Find(rune);

    public static RuneSet Of(int code, bool ignoresCase) => new([(code, code)], [], negated: false, ignoresCase);

    /// <summary>A letter, a digit or any other number, or the underscore, of any script.</summary>
    public static bool IsWord(Rune rune) => rune.Value == '_' || Rune.IsLetter(rune) || Rune.IsNumber(rune);

    /// <summary>The class of an escape such as <c>\d</c>; null if the letter names none.</summary>
    public static Func<Rune, bool>? ClassOf(char letter) =>
        letter switch
        {
            'd' => Rune.IsDigit,
            'D' => rune => !Rune.IsDigit(rune),
            'w' => IsWord,
            'W' => rune => !IsWord(rune),
            's' => Rune.IsWhiteSpace,
            'S' => rune => !Rune.IsWhiteSpace(rune),
            _ => null,
        };

    private bool Find(Rune rune) =>
        _negated != (Lists(rune) || (_ignoresCase && (Lists(Rune.ToLowerInvariant(rune)) || Lists(Rune.ToUpperInvariant(rune)))));

    private bool Lists(Rune rune)
    {
        foreach (var (first, last) in _ranges)
        {
            if (rune.Value >= first && rune.Value <= last)
            {
                return true;
            }
        }

        foreach (var member in _classes)
        {
            if (member(rune))
            {
                return true;
            }
        }

        return false;
    }
}
