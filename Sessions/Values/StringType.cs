namespace Snakepit.Sessions.Values;

/// <summary>A text.</summary>
internal sealed class StringType() : TextType("string", "min_length", "max_length", "pattern", "enum")
{
    private protected override Refusal? Check(ReadOnlySpan<byte> text, Rules rules)
    {
        return CheckLength(text, rules) ?? CheckPattern(text, rules) ?? CheckChoices(text, rules);
    }

    private static Refusal? CheckLength(ReadOnlySpan<byte> text, Rules rules)
    {
        if (rules.MinLength is null && rules.MaxLength is null)
        {
            return null;
        }

        var length = CountCodePoints(text);
        if (length < rules.MinLength)
        {
            return Refusal.Invalid($"must be at least {rules.MinLength} characters, got {length}");
        }

        return length > rules.MaxLength
            ? Refusal.Invalid($"must be at most {rules.MaxLength} characters, got {length}")
            : null;
    }

    /// <summary>Every byte but a continuation begins one.</summary>
    private static int CountCodePoints(ReadOnlySpan<byte> utf8)
    {
        var count = 0;
        foreach (var unit in utf8)
        {
            count += (unit & 0xC0) == 0x80 ? 0 : 1;
        }

        return count;
    }
}
