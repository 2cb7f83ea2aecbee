using System.Text;

namespace Snakepit.Sessions.Values.Patterns;

/// <summary>One search: the set of steps that are possible at a place, taken from character to character.</summary>
internal ref struct PatternSearch
{
    private static readonly Rune None = new(0);

    private readonly ReadOnlySpan<Instruction> _steps;
    private readonly int _first;
    private readonly Span<int> _seen;
    private readonly Span<int> _pending;
    private Span<int> _now;
    private Span<int> _then;
    private int _count;
    private int _place;
    private long _left;

    /// <param name="steps">Of the pattern.</param>
    /// <param name="first">The step it begins with.</param>
    /// <param name="room">Five numbers for each step, of any content.</param>
    /// <param name="limit">How many steps it may take.</param>
    public PatternSearch(ReadOnlySpan<Instruction> steps, int first, Span<int> room, long limit)
    {
        _steps = steps;
        _first = first;
        _left = limit;
        var size = steps.Length;
        _seen = room[..size];
        _now = room.Slice(size, size);
        _then = room.Slice(2 * size, size);

        // A step is looked at once for each step that leads to it, of which there are at most two.
        _pending = room.Slice(3 * size, 2 * size);
        _seen.Clear();
    }

    public SearchResult Run(ReadOnlySpan<byte> text)
    {
        var before = (Rune?)null;
        var after = Take(ref text);
        BeginPlace();
        if (Follow(_first, before, after, text))
        {
            return SearchResult.Found;
        }

        while (after is { } character)
        {
            var now = _now;
            _now = _then;
            _then = now;
            var possible = _count;
            before = character;
            after = Take(ref text);
            BeginPlace();
            for (var index = 0; index < possible; index++)
            {
                ref readonly var step = ref _steps[_then[index]];
                if (step.Set!.Contains(character) && Follow(step.Next, before, after, text))
                {
                    return SearchResult.Found;
                }
            }

            // A match may begin anywhere.
            if (Follow(_first, before, after, text))
            {
                return SearchResult.Found;
            }

            _left -= possible + 1;
            if (_left < 0)
            {
                return SearchResult.TooLong;
            }
        }

        return SearchResult.NotFound;
    }

    private void BeginPlace()
    {
        _count = 0;
        _place++;
    }

    /// <summary>Adds every step that waits for a character and can be reached from one without any; true if the match can.</summary>
    private bool Follow(int from, Rune? before, Rune? after, ReadOnlySpan<byte> rest)
    {
        var waiting = 0;
        _pending[waiting++] = from;
        while (waiting > 0)
        {
            var at = _pending[--waiting];
            if (_seen[at] == _place)
            {
                continue;
            }

            _seen[at] = _place;
            _left--;
            ref readonly var step = ref _steps[at];
            switch (step.Kind)
            {
                case InstructionKind.Found:
                    return true;
                case InstructionKind.Consume:
                    _now[_count++] = at;
                    break;
                case InstructionKind.Fork:
                    _pending[waiting++] = step.Other;
                    _pending[waiting++] = step.Next;
                    break;
                default:
                    if (Holds(step.Anchor, before, after, rest))
                    {
                        _pending[waiting++] = step.Next;
                    }

                    break;
            }
        }

        return false;
    }

    private static bool Holds(Anchor anchor, Rune? before, Rune? after, ReadOnlySpan<byte> rest) =>
        anchor switch
        {
            Anchor.TextStart => before is null,
            Anchor.TextEnd => after is null,
            Anchor.LastLineEnd => after is null || (after.Value.Value == '\n' && rest.IsEmpty),
            Anchor.LineStart => before is null || before.Value.Value == '\n',
            Anchor.LineEnd => after is null || after.Value.Value == '\n',
            Anchor.WordBoundary => IsWord(before) != IsWord(after),
            _ => IsWord(before) == IsWord(after),
        };

    private static bool IsWord(Rune? rune) => RuneSet.IsWord(rune ?? None);

    private static Rune? Take(ref ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return null;
        }

        Rune.DecodeFromUtf8(text, out var rune, out var length);
        text = text[length..];
        return rune;
    }
}
