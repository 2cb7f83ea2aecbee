using System.Globalization;
using System.Text;

namespace Snakepit.Sessions.Values.Patterns;

/// <summary>The text of a pattern, read from left to right: characters and the escapes that stand for one.</summary>
internal abstract class PatternText(string text)
{
    protected string Text { get; } = text;

    /// <summary>Where the next character stands.</summary>
    protected int At { get; set; }

    protected bool AtEnd => At == Text.Length;

    protected char Next => Text[At];

    protected int ReadCode()
    {
        var rune = Rune.GetRuneAt(Text, At);
        At += rune.Utf16SequenceLength;
        return rune.Value;
    }

    /// <summary>The character an escape stands for, from behind the backslash.</summary>
    protected int ReadEscapedCode()
    {
        var letter = AtEnd ? throw Wrong("\\ at the end") : Next;
        if (!char.IsAsciiLetterOrDigit(letter))
        {
            return ReadCode();
        }

        At++;
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
        if (At + digits > Text.Length
            || !int.TryParse(Text.AsSpan(At, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            || !Rune.IsValid(code))
        {
            throw Wrong("an escape that is no character");
        }

        At += digits;
        return code;
    }

    protected PatternException Wrong(string what) => new($"{what} (at character {At})");
}
