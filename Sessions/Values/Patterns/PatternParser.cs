using System.Globalization;
using System.Text;

namespace Snakepit.Sessions.Values.Patterns;

/// <summary>Reads the syntax that Python, Elixir and .NET share, as far as it can be matched in linear time.</summary>
internal sealed class PatternParser : PatternText
{
    private const int MaxRepeats = 1000;

    private bool _ignoresCase;
    private bool _dotIsAll;
    private bool _manyLines;

    private PatternParser(string text)
        : base(text)
    {
    }

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
        while (Text.AsSpan(At).StartsWith("(?") && Text.IndexOf(')', At) is var end && end > At + 2
            && !Text.AsSpan(At + 2, end - At - 2).ContainsAnyExcept("ims"))
        {
            var flags = Text.AsSpan(At + 2, end - At - 2);
            _ignoresCase |= flags.Contains('i');
            _manyLines |= flags.Contains('m');
            _dotIsAll |= flags.Contains('s');
            At = end + 1;
        }
    }

    private Node ReadChoice()
    {
        var parts = new List<Node> { ReadSequence() };
        while (!AtEnd && Next == '|')
        {
            At++;
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
        At += !AtEnd && Next == '?' ? 1 : 0;
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
            At++;
            return repeat;
        }

        var close = Next == '{' ? Text.IndexOf('}', At) : -1;
        if (close < 0)
        {
            return null;
        }

        var counts = Text[(At + 1)..close].Split(',');
        if (counts.Length > 2 || counts.All(count => count.Length == 0) || counts.Any(count => count.AsSpan().ContainsAnyExceptInRange('0', '9')))
        {
            return null;
        }

        At = close + 1;
        var min = counts[0].Length == 0 ? 0 : Count(counts[0]);
        int? max = counts.Length == 1 ? min : counts[1].Length == 0 ? null : Count(counts[1]);
        return min > max ? throw Wrong("a repeat whose minimum is above its maximum") : (min, max);
    }

    private Node ReadOne()
    {
        var character = Text[At++];
        switch (character)
        {
            case '(':
                SkipGroupName();
                var group = ReadChoice();
                if (AtEnd)
                {
                    throw Wrong("missing )");
                }

                At++;
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
                At--;
                return Literal(ReadCode());
        }
    }

    private void SkipGroupName()
    {
        if (AtEnd || Next != '?')
        {
            return;
        }

        var rest = Text.AsSpan(At + 1);
        if (rest.StartsWith(":"))
        {
            At += 2;
            return;
        }

        var opening = rest.StartsWith("P<") ? 2 : rest.StartsWith("<") && !rest.StartsWith("<=") && !rest.StartsWith("<!") ? 1 : 0;
        var name = opening > 0 ? rest[opening..] : default;
        var close = name.IndexOf('>');
        if (close <= 0 || !ModuleName.IsValid(name[..close].ToString()))
        {
            throw Wrong("a group of an unknown kind; lookaround, conditions and flags inside cannot be used");
        }

        At += 1 + opening + close + 1;
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
            At++;
            return new Node.At(place);
        }

        if (RuneSet.ClassOf(letter) is { } members)
        {
            At++;
            return new Node.One(new RuneSet([], [members], negated: false, ignoresCase: false));
        }

        return Literal(ReadEscapedCode());
    }

    /// <summary>Reads a set after its opening bracket, the closing one included.</summary>
    private RuneSet ReadSet()
    {
        var negated = !AtEnd && Next == '^';
        At += negated ? 1 : 0;
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
                At++;
                return new RuneSet(ranges, classes, negated, _ignoresCase);
            }

            if (Next == '\\' && At + 1 < Text.Length && RuneSet.ClassOf(Text[At + 1]) is { } members)
            {
                At += 2;
                classes.Add(members);
                continue;
            }

            var low = ReadSetCode();
            var isRange = At + 1 < Text.Length && Next == '-' && Text[At + 1] != ']';
            At += isRange ? 1 : 0;
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

        At++;
        if (!AtEnd && Next == 'b')
        {
            At++;
            return '\b';
        }

        return ReadEscapedCode();
    }

    private Node.One Literal(int code) => new(RuneSet.Of(code, _ignoresCase));

    private int Count(string digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= MaxRepeats
            ? count
            : throw Wrong($"a repeat of more than {MaxRepeats} times");
}
