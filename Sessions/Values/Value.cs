using System.Text.Json;
using System.Text.Unicode;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Snakepit.Sessions.Values;

/// <summary>
/// A value as it is stored and answered: canonical JSON of its type, or bytes that are never looked into and
/// the JSON that describes them. Immutable; nobody may change what <see cref="Any"/> hands out.
/// </summary>
public sealed class Value
{
    private Value(Any any, ByteString binary)
    {
        Any = any;
        Binary = binary;
    }

    /// <summary>
    /// The type_url is the kept prefix, the declared type and, if binary, <c>.binary</c>; the value is canonical
    /// JSON in UTF-8 or, if binary, the descriptor as it was given.
    /// </summary>
    public Any Any { get; }

    /// <summary>The data of a binary value, byte for byte as given; else empty.</summary>
    public ByteString Binary { get; }

    public bool IsBinary => TypeUrl.IsBinary(Any.TypeUrl);

    /// <summary>Bytes of JSON and of binary data together: what a limit on values counts.</summary>
    public int Size => Any.Value.Length + Binary.Length;

    /// <summary>
    /// Reads what a client sent: finds its encoding, casts it to the declared type (which rules, whatever the
    /// url says), checks it and brings it into canonical form. Bytes that are canonical already are kept,
    /// not copied.
    /// </summary>
    /// <param name="type">As declared when the variable was registered.</param>
    /// <param name="constraints">Those of the variable, compiled for the same type.</param>
    /// <param name="any">As received; null if the client sent none.</param>
    /// <param name="binary">The binary field beside it; it wins over the Any for data.</param>
    /// <param name="maxBytes">The limit on <see cref="Size"/>.</param>
    /// <returns>The value, or a refusal: Exhausted for the limit, Invalid for everything else.</returns>
    public static Outcome<Value> Read(VariableType type, Constraints constraints, Any? any, ByteString binary, int maxBytes)
    {
        var size = (long)binary.Length + (any?.Value.Length ?? 0);
        if (size > maxBytes)
        {
            return TooLarge(size, maxBytes);
        }

        if (binary.Length > 0 || (any is not null && TypeUrl.IsBinary(any.TypeUrl)))
        {
            return ReadBinary(type, constraints, any, binary);
        }

        if (any is null || (any.TypeUrl.Length == 0 && any.Value.Length == 0))
        {
            return Refusal.Invalid($"value is missing: {type.Requirement}");
        }

        var given = Wrapper.Unwrap(any) ?? any.Value;
        if (!Utf8.IsValid(given.Span))
        {
            return Refusal.Invalid($"{type.Requirement}: the value is not valid UTF-8");
        }

        var text = ReadText(type, constraints, given);
        if (text.IsRefused)
        {
            return text.Refusal;
        }

        return text.Value.Length > maxBytes
            ? TooLarge(text.Value.Length, maxBytes)
            : new Value(new Any { TypeUrl = type.UrlFor(any.TypeUrl, binary: false), Value = text.Value }, ByteString.Empty);
    }

    /// <summary>A value that was <see cref="Read"/> before, read back from where it was stored. Nothing is checked.</summary>
    public static Value FromStored(Any any, ByteString binary) => new(any, binary);

    private static Outcome<ByteString> ReadText(VariableType type, Constraints constraints, ByteString given)
    {
        try
        {
            return ReadJson(type, constraints, given);
        }
        catch (JsonException failure)
        {
            // Python writes NaN and the infinities unquoted, which is not JSON.
            if (BareNumbers.Quote(given.Span) is not { } quoted)
            {
                return NotJson(type, failure);
            }

            if (!type.HasSpecialNumbers)
            {
                return Refusal.Invalid(type.Requirement);
            }

            try
            {
                return ReadJson(type, constraints, quoted);
            }
            catch (JsonException)
            {
                return NotJson(type, failure);
            }
        }
    }

    private static Outcome<ByteString> ReadJson(VariableType type, Constraints constraints, ByteString given)
    {
        var json = new Utf8JsonReader(given.Span, new JsonReaderOptions { MaxDepth = JsonLimits.MaxDepth + 1 });
        var canonical = new CanonicalJson(given.Span);
        try
        {
            json.Read();
            if (type.Read(ref json, ref canonical, constraints.Rules) is { } refusal)
            {
                return refusal;
            }

            // Throws if anything but white space follows.
            json.Read();
            return canonical.ToByteString(given);
        }
        finally
        {
            canonical.Release();
        }
    }

    private static Outcome<Value> ReadBinary(VariableType type, Constraints constraints, Any? any, ByteString binary)
    {
        if (!type.CanBeBinary)
        {
            return Refusal.Invalid($"{type.Requirement}: a variable of type {type.Name} cannot hold a binary value");
        }

        var descriptor = BinaryDescriptor.Read(any?.Value ?? ByteString.Empty);
        if (descriptor.IsRefused)
        {
            return descriptor.Refusal;
        }

        if (binary.IsEmpty && !descriptor.Value.DescribesNothing)
        {
            return Refusal.Invalid("binary value has no bytes");
        }

        if (type.CheckDescriptor(descriptor.Value, constraints.Rules) is { } refusal)
        {
            return refusal;
        }

        var kept = new Any { TypeUrl = type.UrlFor(any?.TypeUrl ?? "", binary: true), Value = any?.Value ?? ByteString.Empty };
        return new Value(kept, binary);
    }

    private static Refusal TooLarge(long size, int limit) =>
        Refusal.Exhausted($"value size {size} bytes exceeds the limit of {limit} bytes");

    private static Refusal NotJson(VariableType type, JsonException failure) =>
        Refusal.Invalid($"{type.Requirement}: the value is not valid JSON (line {failure.LineNumber + 1}, byte {failure.BytePositionInLine + 1})");
}
