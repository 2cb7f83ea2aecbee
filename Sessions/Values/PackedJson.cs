using System.Buffers;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Sessions.Values;

/// <summary>Protobuf's own messages for JSON (Value, Struct, ListValue), spelled as JSON.</summary>
internal static class PackedJson
{
    // Whole numbers below this are spelled as integers: doubles hold every one of them.
    private const double MaxInteger = 1L << 53;

    /// <summary>The JSON of a message; null if the bytes are not wholly one.</summary>
    public static ByteString? Read<T>(MessageParser<T> parser, ByteString bytes)
        where T : IMessage<T>
    {
        try
        {
            var message = parser.ParseFrom(bytes);
            if (!message.Equals(parser.WithDiscardUnknownFields(true).ParseFrom(bytes)))
            {
                return null;
            }

            var text = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { MaxDepth = 2 * JsonLimits.MaxDepth }))
            {
                Write(json, message);
            }

            return ByteString.CopyFrom(text.WrittenSpan);
        }
        catch (Exception malformed) when (MalformedMessage.IsShownBy(malformed))
        {
            return null;
        }
    }

    private static void Write(Utf8JsonWriter json, IMessage message)
    {
        switch (message)
        {
            case Struct members:
                Write(json, members);
                break;
            case ListValue list:
                Write(json, list);
                break;
            default:
                Write(json, (Google.Protobuf.WellKnownTypes.Value)message);
                break;
        }
    }

    private static void Write(Utf8JsonWriter json, Struct members)
    {
        json.WriteStartObject();
        foreach (var (name, value) in members.Fields)
        {
            json.WritePropertyName(name);
            Write(json, value);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ListValue list)
    {
        json.WriteStartArray();
        foreach (var value in list.Values)
        {
            Write(json, value);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Google.Protobuf.WellKnownTypes.Value value)
    {
        switch (value.KindCase)
        {
            case Google.Protobuf.WellKnownTypes.Value.KindOneofCase.NumberValue:
                Write(json, value.NumberValue);
                break;
            case Google.Protobuf.WellKnownTypes.Value.KindOneofCase.StringValue:
                json.WriteStringValue(value.StringValue);
                break;
            case Google.Protobuf.WellKnownTypes.Value.KindOneofCase.BoolValue:
                json.WriteBooleanValue(value.BoolValue);
                break;
            case Google.Protobuf.WellKnownTypes.Value.KindOneofCase.StructValue:
                Write(json, value.StructValue);
                break;
            case Google.Protobuf.WellKnownTypes.Value.KindOneofCase.ListValue:
                Write(json, value.ListValue);
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    private static void Write(Utf8JsonWriter json, double number)
    {
        if (!double.IsFinite(number))
        {
            json.WriteStringValue(FloatText.NameOf(number));
            return;
        }

        if (double.IsInteger(number) && Math.Abs(number) < MaxInteger)
        {
            json.WriteNumberValue((long)number);
            return;
        }

        Span<byte> text = stackalloc byte[FloatText.MaxLength];
        json.WriteRawValue(text[..FloatText.Write(number, text)]);
    }
}
