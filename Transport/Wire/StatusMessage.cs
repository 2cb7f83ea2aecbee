using System.Buffers;
using System.Globalization;
using System.Text;

namespace Snakepit.Transport;

/// <summary>
/// The value of `grpc-message`: UTF-8, with `%` and everything but printable ASCII as `%XX`.
/// </summary>
internal static class StatusMessage
{
    /// <summary>
    /// Characters on the wire. Common clients refuse a call whose trailers pass 8 KiB, and its status
    /// with them: a longer message is cut and ends in `...`.
    /// </summary>
    public const int MaxEncodedLength = 4096;

    private const string Cut = "...";

    /// <summary>Three bytes of UTF-8, each as `%XX`.</summary>
    private const int LongestEncodedChar = 9;

    private static readonly SearchValues<char> Plain = SearchValues.Create(
        " !\"#$&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>The message as another encoder must be given it so that it ends where <see cref="Encode"/> cuts it.</summary>
    public static string Fit(string message) =>
        message.Length <= MaxEncodedLength / LongestEncodedChar ? message : Decode(Encode(message));

    public static string Encode(string message)
    {
        if (message.Length <= MaxEncodedLength && message.AsSpan().IndexOfAnyExcept(Plain) < 0)
        {
            return message;
        }

        var encoded = new StringBuilder();
        Span<byte> utf8 = stackalloc byte[4];
        Span<char> escaped = stackalloc char[12];
        foreach (var rune in message.EnumerateRunes())
        {
            var length = 0;
            if (rune.IsAscii && Plain.Contains((char)rune.Value))
            {
                escaped[length++] = (char)rune.Value;
            }
            else
            {
                foreach (var one in utf8[..rune.EncodeToUtf8(utf8)])
                {
                    escaped[length++] = '%';
                    one.TryFormat(escaped[length..], out var digits, "X2", CultureInfo.InvariantCulture);
                    length += digits;
                }
            }

            if (encoded.Length + length > MaxEncodedLength - Cut.Length)
            {
                return encoded.Append(Cut).ToString();
            }

            encoded.Append(escaped[..length]);
        }

        return encoded.ToString();
    }

    /// <summary>Reads leniently, as gRPC asks: what is no valid escape stays as it is.</summary>
    public static string Decode(string encoded)
    {
        if (!encoded.Contains('%', StringComparison.Ordinal))
        {
            return encoded;
        }

        var bytes = new ArrayBufferWriter<byte>(encoded.Length);
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] == '%'
                && i + 2 < encoded.Length
                && byte.TryParse(encoded.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var one))
            {
                bytes.Write([one]);
                i += 2;
            }
            else
            {
                Encoding.UTF8.GetBytes(encoded.AsSpan(i, 1), bytes);
            }
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
