using System.Buffers;
using Google.Protobuf;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace Snakepit.Grains;

/// <summary>Encodes protobuf messages as they are: the number of the type in four bytes, then the message's own encoding.</summary>
[RegisterSerializer]
public sealed class WireMessageCodec : IFieldCodec<WireMessage>
{
    private const int KindBytes = sizeof(uint);

    // What is larger goes by way of an array, so that no writer need have that much in one piece.
    private const int InPlace = 4 * 1024;

    public void WriteField<TBufferWriter>(
        ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, WireMessage? value)
        where TBufferWriter : IBufferWriter<byte>
    {
        if (ReferenceCodec.TryWriteReferenceField(ref writer, fieldIdDelta, expectedType, value))
        {
            return;
        }

        ArgumentNullException.ThrowIfNull(value);
        writer.WriteFieldHeader(fieldIdDelta, expectedType, typeof(WireMessage), WireType.LengthPrefixed);
        var size = value.Content.CalculateSize();
        writer.WriteVarUInt32((uint)(KindBytes + size));
        writer.WriteUInt32(MessageKinds.Of(value.Content));
        if (size <= InPlace)
        {
            writer.EnsureContiguous(size);
            value.Content.WriteTo(writer.WritableSpan[..size]);
            writer.AdvanceSpan(size);
            return;
        }

        var rented = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            var encoded = rented.AsSpan(0, size);
            value.Content.WriteTo(encoded);
            writer.Write(encoded);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public WireMessage? ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.WireType == WireType.Reference)
        {
            return ReferenceCodec.ReadReference<WireMessage, TInput>(ref reader, field);
        }

        field.EnsureWireType(WireType.LengthPrefixed);
        var length = reader.ReadVarUInt32();
        if (length < KindBytes)
        {
            throw new InvalidDataException($"a message of {length} bytes has no type");
        }

        reader.EnsureAvailable(length);
        var kind = reader.ReadUInt32();
        var message = new WireMessage(Parse(ref reader, kind, (int)length - KindBytes));
        ReferenceCodec.RecordObject(reader.Session, message);
        return message;
    }

    private static IMessage Parse<TInput>(ref Reader<TInput> reader, uint kind, int size)
    {
        if (reader.TryReadBytes(size, out var encoded))
        {
            return MessageKinds.Parse(kind, encoded);
        }

        var rented = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            reader.ReadBytes(rented.AsSpan(0, size));
            return MessageKinds.Parse(kind, rented.AsSpan(0, size));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}

/// <summary>Hands messages over within a process without a copy: they are immutable.</summary>
[RegisterCopier]
public sealed class WireMessageCopier : ShallowCopier<WireMessage>;
