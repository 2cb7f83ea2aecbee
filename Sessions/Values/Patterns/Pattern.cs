using System.Buffers;

namespace Snakepit.Sessions.Values.Patterns;

/// <summary>
/// A regular expression, searched for anywhere in a text. All ways to match are followed side by side, so time
/// grows with length of text times size of pattern and memory with the pattern alone: a client's pattern can
/// neither hang the server nor fill its memory. (Engines that turn a pattern into a table of states do not
/// keep the second promise.)
/// </summary>
/// <remarks>
/// Characters are code points; <c>\d \w \s</c> are Unicode's; <c>$</c> also stands before a final line feed, as
/// in Python. Backreferences and lookaround need more than linear time and are refused.
/// </remarks>
internal sealed class Pattern
{
    /// <summary>How long a pattern may be, in characters.</summary>
    public const int MaxLength = 1024;

    /// <summary>How many steps one search may take: well under a second's worth.</summary>
    private const long MaxSteps = 100_000_000;

    private readonly Instruction[] _steps;
    private readonly int _first;

    private Pattern(string text, Instruction[] steps, int first)
    {
        Text = text;
        _steps = steps;
        _first = first;
    }

    public string Text { get; }

    /// <exception cref="PatternException">It cannot be used; the message says why.</exception>
    public static Pattern Compile(string text)
    {
        var (steps, first) = PatternCompiler.Compile(PatternParser.Parse(text));
        return new Pattern(text, steps, first);
    }

    /// <summary>Searches a text, valid UTF-8.</summary>
    public SearchResult Search(ReadOnlySpan<byte> text)
    {
        var room = ArrayPool<int>.Shared.Rent(5 * _steps.Length);
        try
        {
            return new PatternSearch(_steps, _first, room, MaxSteps).Run(text);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(room);
        }
    }

    public override string ToString() => Text;
}

internal enum SearchResult
{
    Found,
    NotFound,

    /// <summary>The text is too long for a pattern of that size.</summary>
    TooLong,
}
