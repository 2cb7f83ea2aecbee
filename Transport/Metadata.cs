using System.Buffers;

namespace Snakepit.Transport;

/// <summary>
/// Metadata entries: names in lower case, values in printable ASCII. A name that ends in `-bin` carries
/// bytes, as base64 on the wire.
/// </summary>
public static class Metadata
{
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>The value of a `-bin` entry for these bytes.</summary>
    public static string EncodeBinary(ReadOnlySpan<byte> value) => Convert.ToBase64String(value).TrimEnd('=');

    /// <summary>The bytes of a `-bin` entry, padded or not. Throws <see cref="FormatException"/>.</summary>
    public static byte[] DecodeBinary(string value) =>
        Convert.FromBase64String(value.TrimEnd('=').PadRight((value.TrimEnd('=').Length + 3) / 4 * 4, '='));

    internal static void Validate(string name, string value)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            throw new ArgumentException($"metadata name '{name}' is not made of a-z, 0-9, '-', '_' and '.'");
        }

        if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw new ArgumentException($"the value of metadata {name} has characters outside printable ASCII");
        }
    }
}
