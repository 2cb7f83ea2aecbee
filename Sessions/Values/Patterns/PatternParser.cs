using System.Globalization;
using System.Text;

namespace Snakepit.Sessions.Values.Patterns;

/// <summary>Reads the syntax that Python, Elixir and .NET share, as far as it can be matched in linear time.</summary>
internal sealed class PatternParser
{
    private const int MaxRepeats = 1000;

    private readonly string _text;
    private int _at;
    private bool _ignoresCase;
    private bool _dotIsAll;
    private bool _manyLines;

    private PatternParser(string text) => _text = text;

    private bool AtEnd => _at == _text.Length;

    private char Next => _text[_at];

    /// <exception cref="PatternException">It is no pattern, or one that cannot be matched in linear time.</exception>
    public static Node Parse(string text)
    {
        var parser = new PatternParser(text);
        parser.ReadFlags();
        var node = parser.ReadChoice();
        return parser.AtEnd ? node : throw parser.Wrong("unmatched )");
    }

    /// <summary>Flags are known at the very beginning only, and hold for the whole pattern.</summary>
    private void ReadFlags()
    {
        while (_text.AsSpan(_at).StartsWith("(?") && _text.IndexOf(')', _at) is var end && end > _at + 2
            && !_text.AsSpan(_at + 2, end - _at - 2).ContainsAnyExcept("ims"))
        {
            var flags = _text.AsSpan(_at + 2, end - _at - 2);
            _ignoresCase |= flags.Contains('i');
            _manyLines |= flags.Contains('m');
            _dotIsAll |= flags.Contains('s');
            _at = end + 1;
        }
    }

    private Node ReadChoice()
    {
        var parts = new List<Node> { ReadSequence() };
        while (!AtEnd && Next == '|')
        {
            _at++;
            parts.Add(ReadSequence());
        }

        return parts.Count == 1 ? parts[0] : new Node.Choice(parts);
    }

    private Node.Sequence ReadSequence()
    {
        var parts = new List<Node>();
        while (!AtEnd && Next is not ('|' or ')'))
        {
            parts.Add(ReadRepeated());
        }

        return new Node.Sequence(parts);
    }

    private Node ReadRepeated()
    {
        if (ReadRepeat() is not null)
        {
            throw Wrong("nothing to repeat");
        }

        var part = ReadOne();
        if (ReadRepeat() is not { } repeat)
        {
            return part;
        }

        // Whether it takes as much or as little as it can makes no difference to whether there is a match.
        _at += !AtEnd && Next == '?' ? 1 : 0;
        if (ReadRepeat() is not null)
        {
            throw Wrong("a repeat of a repeat");
        }

        return new Node.Repeat(part, repeat.Min, repeat.Max);
    }

    /// <summary>Reads <c>* + ? {n} {n,} {,m} {n,m}</c>; null if there is none: other braces are just characters.</summary>
    private (int Min, int? Max)? ReadRepeat()
    {
        if (AtEnd)
        {
            return null;
        }

        (int, int?)? repeat = Next switch { '*' => (0, null), '+' => (1, null), '?' => (0, 1), _ => null };
        if (repeat is not null)
        {
            _at++;
            return repeat;
        }

        var close = Next == '{' ? _text.IndexOf('}', _at) : -1;
        if (close < 0)
        {
            return null;
        }

        var counts = _text[(_at + 1)..close].Split(',');
        if (counts.Length > 2 || counts.All(count => count.Length == 0) || counts.Any(count => count.AsSpan().ContainsAnyExceptInRange('0', '9')))
        {
            return null;
        }

        _at = close + 1;
        var min = counts[0].Length == 0 ? 0 : Count(counts[0]);
        int? max = counts.Length == 1 ? min : counts[1].Length == 0 ? null : Count(counts[1]);
        return min > max ? throw Wrong("a repeat whose minimum is above its maximum") : (min, max);
    }

    private Node ReadOne()
    {
        var character = _text[_at++];
        switch (character)
        {
            case '(':
                SkipGroupName();
                var group = ReadChoice();
                if (AtEnd)
                {
                    throw Wrong("missing )");
                }

                _at++;
                return group;
            case '[':
                return new Node.One(ReadSet());
            case '.':
                return new Node.One(new RuneSet(_dotIsAll ? [] : [('\n', '\n')], [], negated: true, ignoresCase: false));
            case '^':
                return new Node.At(_manyLines ? Anchor.LineStart : Anchor.TextStart);
            case '$':
                return new Node.At(_manyLines ? Anchor.LineEnd : Anchor.LastLineEnd);
            case '\\':
                return ReadEscape();
            default:
                _at--;
                return Literal(ReadCode());
        }
    }

    private void SkipGroupName()
    {
        if (AtEnd || Next != '?')
        {
            return;
        }

        var rest = _text.AsSpan(_at + 1);
        if (rest.StartsWith(":"))
        {
            _at += 2;
            return;
        }

        var opening = rest.StartsWith("P<") ? 2 : rest.StartsWith("<") && !rest.StartsWith("<=") && !rest.StartsWith("<!") ? 1 : 0;
        var name = opening > 0 ? rest[opening..] : default;
        var close = name.IndexOf('>');
        if (close <= 0 || !ModuleName.IsValid(name[..close].ToString()))
        {
            throw Wrong("a group of an unknown kind; lookaround, conditions and flags inside cannot be used");
        }

        _at += 1 + opening + close + 1;
    }

    private Node ReadEscape()
    {
        var letter = AtEnd ? throw Wrong("\\ at the end") : Next;
        Anchor? anchor = letter switch
        {
            'b' => Anchor.WordBoundary,
            'B' => Anchor.NoWordBoundary,
            'A' => Anchor.TextStart,
            'Z' or 'z' => Anchor.TextEnd,
            _ => null,
        };
        if (anchor is { } place)
        {
            _at++;
            return new Node.At(place);
        }

        if (RuneSet.ClassOf(letter) is { } members)
        {
            _at++;
            return new Node.One(new RuneSet([], [members], negated: false, ignoresCase: false));
        }

        return Literal(ReadEscapedCode());
    }

    /// <summary>Reads a set after its opening bracket, the closing one included.</summary>
    private RuneSet ReadSet()
    {
        var negated = !AtEnd && Next == '^';
        _at += negated ? 1 : 0;
        var ranges = new List<(int, int)>();
        var classes = new List<Func<Rune, bool>>();
        for (var first = true; ; first = false)
        {
            if (AtEnd)
            {
                throw Wrong("missing ]");
            }

            if (Next == ']' && !first)
            {
                _at++;
                return new RuneSet(ranges, classes, negated, _ignoresCase);
            }

            if (Next == '\\' && _at + 1 < _text.Length && RuneSet.ClassOf(_text[_at + 1]) is { } members)
            {
                _at += 2;
                classes.Add(members);
                continue;
            }

            var low = ReadSetCode();
            var isRange = _at + 1 < _text.Length && Next == '-' && _text[_at + 1] != ']';
            _at += isRange ? 1 : 0;
            var high = isRange ? ReadSetCode() : low;
            ranges.Add(low <= high ? (low, high) : throw Wrong("a range in reverse order"));
        }
    }

    private int ReadSetCode()
    {
        if (Next != '\\')
        {
            return ReadCode();
        }

        _at++;
        if (!AtEnd && Next == 'b')
        {
            _at++;
            return '\b';
        }

        return ReadEscapedCode();
    }

    private int ReadCode()
    {
        var rune = Rune.GetRuneAt(_text, _at);
        _at += rune.Utf16SequenceLength;
        return rune.Value;
    }

    /// <summary>The character an escape stands for, from behind the backslash.</summary>
    private int ReadEscapedCode()
    {
        var letter = AtEnd ? throw Wrong("\\ at the end") : Next;
        if (!char.IsAsciiLetterOrDigit(letter))
        {
            return ReadCode();
        }

        _at++;
        return letter switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'f' => '\f',
            'v' => '\v',
            'a' => '\a',
            '0' => 0,
            'x' => ReadHex(2),
            'u' => ReadHex(4),
            'U' => ReadHex(8),
            _ => throw Wrong(char.IsAsciiDigit(letter) ? "backreferences cannot be used" : $"unknown escape \\{letter}"),
        };
    }

    private int ReadHex(int digits)
    {
        if (_at + digits > _text.Length
            || !int.TryParse(_text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            || !Rune.IsValid(code))
        {
            throw Wrong("an escape that is no character");
        }

        _at += digits;
        return code;
    }

    private Node.One Literal(int code) => new(RuneSet.Of(code, _ignoresCase));

    private int Count(string digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= MaxRepeats
            ? count
            : throw Wrong($"a repeat of more than {MaxRepeats} times");

    private PatternException Wrong(string what) => new($"{what} (at character {_at})");
}
