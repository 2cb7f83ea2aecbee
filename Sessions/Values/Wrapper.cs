using System.Globalization;
using System.Text.Unicode;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Sessions.Values;

/// <summary>
/// Values that come packed in one of protobuf's well-known messages instead of as JSON. A message counts only if
/// its bytes are nothing but that message; others name it and carry JSON.
/// </summary>
internal static class Wrapper
{
    private const string Package = "google.protobuf.";

    /// <summary>The JSON of what is packed; null if the url names no such message or the bytes are none.</summary>
    /// <remarks>A BytesValue has no JSON of its own; what it holds is read as JSON.</remarks>
    public static ByteString? Unwrap(Any any)
    {
        var name = any.TypeUrl.AsSpan(any.TypeUrl.LastIndexOf('/') + 1);
        return name.StartsWith(Package, StringComparison.Ordinal) ? Unwrap(name[Package.Length..], any.Value) : null;
    }

    private static ByteString? Unwrap(ReadOnlySpan<char> name, ByteString bytes) =>
        name switch
        {
            "DoubleValue" => Field(bytes, WireFormat.WireType.Fixed64, input => OfNumber(input.ReadDouble()), "0.0"),
            "FloatValue" => Field(bytes, WireFormat.WireType.Fixed32, input => OfSingle(input.ReadFloat()), "0.0"),
            "Int64Value" => Field(bytes, WireFormat.WireType.Varint, input => Of(input.ReadInt64()), "0"),
            "UInt64Value" => Field(bytes, WireFormat.WireType.Varint, input => Of(input.ReadUInt64()), "0"),
            "Int32Value" => Field(bytes, WireFormat.WireType.Varint, input => Of(input.ReadInt32()), "0"),
            "UInt32Value" => Field(bytes, WireFormat.WireType.Varint, input => Of(input.ReadUInt32()), "0"),
            "BoolValue" => Field(bytes, WireFormat.WireType.Varint, input => ByteString.CopyFromUtf8(input.ReadBool() ? "true" : "false"), "false"),
            "StringValue" => Field(bytes, WireFormat.WireType.LengthDelimited, input => OfText(input.ReadBytes()), "\"\""),
            "BytesValue" => Field(bytes, WireFormat.WireType.LengthDelimited, input => input.ReadBytes(), ""),
            "Value" => PackedJson.Read(Google.Protobuf.WellKnownTypes.Value.Parser, bytes),
            "Struct" => PackedJson.Read(Struct.Parser, bytes),
            "ListValue" => PackedJson.Read(ListValue.Parser, bytes),
            _ => null,
        };

    /// <summary>Reads a message whose only field is number 1; a field left out has its default.</summary>
    private static ByteString? Field(ByteString bytes, WireFormat.WireType type, Func<CodedInputStream, ByteString?> read, string absent)
    {
        var input = bytes.CreateCodedInput();
        var expected = WireFormat.MakeTag(1, type);
        ByteString? json = ByteString.CopyFromUtf8(absent);
        try
        {
            while (!input.IsAtEnd)
            {
                if (input.ReadTag() != expected || (json = read(input)) is null)
                {
                    return null;
                }
            }

            return json;
        }
        catch (Exception malformed) when (MalformedMessage.IsShownBy(malformed))
        {
            return null;
        }
    }

    private static ByteString Of<T>(T integer)
        where T : IFormattable => ByteString.CopyFromUtf8(integer.ToString(null, CultureInfo.InvariantCulture));

    /// <summary>A single stands for the number it spells: 0.1f is 0.1, not 0.10000000149011612.</summary>
    private static ByteString OfSingle(float number) =>
        float.IsFinite(number)
            ? OfNumber(double.Parse(number.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))
            : OfNumber(number);

    private static ByteString OfNumber(double number)
    {
        Span<byte> text = stackalloc byte[FloatText.MaxLength];
        return double.IsFinite(number)
            ? ByteString.CopyFrom(text[..FloatText.Write(number, text)])
            : ByteString.CopyFromUtf8($"\"{FloatText.NameOf(number)}\"");
    }

    private static ByteString? OfText(ByteString text)
    {
        if (!Utf8.IsValid(text.Span))
        {
            return null;
        }

        var json = new CanonicalJson([]);
        try
        {
            json.WriteString(text.Span);
            return json.ToByteString(ByteString.Empty);
        }
        finally
        {
            json.Release();
        }
    }
}
