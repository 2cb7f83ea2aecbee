using Google.Protobuf;

namespace Snakepit.Sessions.Values;

/// <summary>The numbers that Python's json writes bare and JSON does not know: NaN, Infinity, -Infinity.</summary>
internal static class BareNumbers
{
    /// <summary>The text with each of them quoted; null if there is none.</summary>
    public static ByteString? Quote(ReadOnlySpan<byte> text)
    {
        MemoryStream? quoted = null;
        var copied = 0;
        for (var at = 0; at < text.Length;)
        {
            if (text[at] == '"')
            {
                at = EndOfString(text, at);
                continue;
            }

            var length = LengthAt(text[at..]);
            if (length == 0 || IsName(text[(at + length)..]))
            {
                at += Math.Max(1, length);
                continue;
            }

            quoted ??= new MemoryStream(text.Length + 16);
            quoted.Write(text[copied..at]);
            quoted.WriteByte((byte)'"');
            quoted.Write(text.Slice(at, length));
            quoted.WriteByte((byte)'"');
            at += length;
            copied = at;
        }

        quoted?.Write(text[copied..]);
        return quoted is null ? null : UnsafeByteOperations.UnsafeWrap(quoted.ToArray());
    }

    /// <summary>True for the three spellings a string may have where a number is meant.</summary>
    public static bool IsSpecial(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("NaN"u8) || text.SequenceEqual("Infinity"u8) || text.SequenceEqual("-Infinity"u8);

    private static int LengthAt(ReadOnlySpan<byte> text) =>
        text[0] switch
        {
            (byte)'N' when text.StartsWith("NaN"u8) => 3,
            (byte)'I' when text.StartsWith("Infinity"u8) => 8,
            (byte)'-' when text.StartsWith("-Infinity"u8) => 9,
            _ => 0,
        };

    /// <summary>True if a colon follows: a bare word is no key.</summary>
    private static bool IsName(ReadOnlySpan<byte> after)
    {
        var rest = after.TrimStart(" \t\r\n"u8);
        return rest.Length > 0 && rest[0] == ':';
    }

    private static int EndOfString(ReadOnlySpan<byte> text, int start)
    {
        for (var at = start + 1; at < text.Length; at++)
        {
            if (text[at] == '\\')
            {
                at++;
            }
            else if (text[at] == '"')
            {
                return at + 1;
            }
        }

        return text.Length;
    }
}
