namespace Snakepit.Sessions.Values;

/// <summary>Bounds on what is read as JSON, so that no text costs more than its length.</summary>
internal static class JsonLimits
{
    /// <summary>How deep objects and arrays may be nested.</summary>
    public const int MaxDepth = 64;

    /// <summary>How many axes a tensor may have: as many as NumPy's.</summary>
    public const int MaxRank = 64;

    /// <summary>How long constraints may be, in bytes.</summary>
    public const int MaxConstraints = 64 * 1024;

    public static Refusal TooDeep() => Refusal.Invalid($"value is nested deeper than {MaxDepth} levels");

    public static Refusal TooManyDigits() => Refusal.Invalid($"a number must have at most {DecimalText.MaxDigits} digits");

    public static Refusal NotText() => Refusal.Invalid("a string contains a lone surrogate, which is no character");
}
