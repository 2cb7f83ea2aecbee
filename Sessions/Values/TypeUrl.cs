namespace Snakepit.Sessions.Values;

/// <summary>
/// How a value's <c>type_url</c> is read: an optional <c>.binary</c> ending, then what stands behind the last
/// <c>/</c>, then behind the last <c>.</c>, is the type; what stands before it is the prefix (protocol §2).
/// </summary>
public static class TypeUrl
{
    /// <summary>The ending of a value whose data travels beside its JSON, as bytes.</summary>
    public const string BinaryEnding = ".binary";

    /// <summary>The prefix of v0.4.3, and of every answer to a value that came with neither known one.</summary>
    public const string SnakepitPrefix = "type.googleapis.com/snakepit.";

    /// <summary>The prefix of the first clients.</summary>
    public const string DspexPrefix = "dspex.variables/";

    public static bool IsBinary(string typeUrl) => typeUrl.EndsWith(BinaryEnding, StringComparison.Ordinal);

    /// <summary>The name of the type; empty if the url names none.</summary>
    public static string NameOf(string typeUrl) => typeUrl[NameStart(typeUrl)..NameEnd(typeUrl)];

    /// <summary>The prefix a value keeps: one of the two known ones, whatever it came with.</summary>
    public static string PrefixOf(string typeUrl)
    {
        var prefix = typeUrl.AsSpan(0, NameStart(typeUrl));
        return prefix.SequenceEqual(DspexPrefix) ? DspexPrefix : SnakepitPrefix;
    }

    private static int NameEnd(string typeUrl) =>
        IsBinary(typeUrl) ? typeUrl.Length - BinaryEnding.Length : typeUrl.Length;

    private static int NameStart(string typeUrl) =>
        typeUrl.AsSpan(0, NameEnd(typeUrl)).LastIndexOfAny('/', '.') + 1;
}
