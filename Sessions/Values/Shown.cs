using System.Text;

namespace Snakepit.Sessions.Values;

/// <summary>A client's text as a refusal shows it: cut to a length that a message can carry.</summary>
internal static class Shown
{
    private const int MaxLength = 100;

    public static string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length <= MaxLength)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        var end = MaxLength;
        while ((utf8[end] & 0xC0) == 0x80)
        {
            end--;
        }

        return Encoding.UTF8.GetString(utf8[..end]) + "…";
    }

    public static string Of(string text) =>
        text.Length <= MaxLength ? text : string.Concat(Start(text, MaxLength), "…");

    /// <summary>The first characters, never half of one.</summary>
    public static ReadOnlySpan<char> Start(string text, int length) =>
        text.AsSpan(0, char.IsHighSurrogate(text[length - 1]) ? length - 1 : length);
}
