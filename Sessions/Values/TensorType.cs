using System.Text.Json;

namespace Snakepit.Sessions.Values;

/// <summary>
/// <c>{"shape":[…],"data":…}</c>, the data flat or nested as the shape says; a <c>dtype</c> beside them is kept.
/// Elements are spelled as they were given; true and false only where the dtype is bool.
/// </summary>
internal sealed class TensorType() : VariableType("tensor", "must be a tensor: {\"shape\": [...], \"data\": ...}", "shape", "dtype")
{
    private const string DataRequirement = "tensor data must be numbers";

    internal override bool HasSpecialNumbers => true;

    internal override bool CanBeBinary => true;

    internal override Refusal? Read(ref Utf8JsonReader json, ref CanonicalJson canonical, Rules rules)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            return Refuse();
        }

        long[]? shape = null;
        string? dtype = null;
        TensorData? data = null;
        canonical.Write((byte)'{');
        for (var first = true; json.Read() && json.TokenType != JsonTokenType.EndObject; first = false)
        {
            if (!JsonText.TryRead(ref json, out var key))
            {
                return JsonLimits.NotText();
            }

            if (key switch { "shape" => shape is not null, "data" => data is not null, "dtype" => dtype is not null, _ => false })
            {
                return Refusal.Invalid($"duplicate key: {key}");
            }

            canonical.Write(first ? "\""u8 : ",\""u8);
            json.Read();
            var refusal = key switch
            {
                "shape" => ReadShape(ref json, ref canonical, out shape),
                "data" => ReadData(ref json, ref canonical, out data),
                "dtype" => ReadDtype(ref json, ref canonical, out dtype),
                _ => Refusal.Invalid($"{Requirement}, with nothing else but a dtype, got key {Shown.Of(key)}"),
            };
            if (refusal is not null)
            {
                return refusal;
            }
        }

        canonical.Write((byte)'}');
        if (shape is null || data is null)
        {
            return Refuse();
        }

        return CheckData(shape, dtype, data, rules)
            ?? CheckShape(shape, rules)
            ?? (dtype is null ? null : CheckDtype(dtype, rules));
    }

    internal override Refusal? CheckDescriptor(BinaryDescriptor descriptor, Rules rules) =>
        CheckShape(descriptor.Shape, rules) ?? CheckDtype(descriptor.Dtype, rules);

    private static Refusal? ReadShape(ref Utf8JsonReader json, ref CanonicalJson canonical, out long[]? shape)
    {
        var refusal = Shapes.Read(ref json, out shape);
        if (shape is not null)
        {
            canonical.Write("shape\":["u8);
            Span<byte> length = stackalloc byte[20];
            for (var axis = 0; axis < shape.Length; axis++)
            {
                canonical.Write(axis == 0 ? default : ","u8);
                shape[axis].TryFormat(length, out var written);
                canonical.Write(length[..written]);
            }

            canonical.Write((byte)']');
        }

        return refusal;
    }

    private static Refusal? ReadData(ref Utf8JsonReader json, ref CanonicalJson canonical, out TensorData? data)
    {
        data = new TensorData(DataRequirement);
        canonical.Write("data\":"u8);
        return data.Copy(ref json, ref canonical);
    }

    private static Refusal? ReadDtype(ref Utf8JsonReader json, ref CanonicalJson canonical, out string? dtype)
    {
        dtype = null;
        if (json.TokenType != JsonTokenType.String || !JsonText.TryRead(ref json, out var name) || Dtypes.Find(name) is not { } known)
        {
            return Refusal.Invalid($"dtype must be one of: {Dtypes.List}");
        }

        dtype = known;
        canonical.Write("dtype\":"u8);
        canonical.WriteString(System.Text.Encoding.ASCII.GetBytes(known));
        return null;
    }

    /// <summary>Without a dtype of its own the data are what the constraint says they are.</summary>
    private static Refusal? CheckData(long[] shape, string? dtype, TensorData data, Rules rules)
    {
        if (!data.Fits(shape))
        {
            return Refusal.Invalid($"data size doesn't match shape {Shapes.Show(shape)}, got {data.Count} elements");
        }

        var kind = dtype ?? rules.Dtype;
        if (data.HasBooleans && (kind != "bool" || data.HasNumbers))
        {
            return Refusal.Invalid($"{DataRequirement}; true and false only all together and with dtype bool");
        }

        return data.HasFractions && kind is not null && Dtypes.IsInteger(kind)
            ? Refusal.Invalid($"tensor data must be whole numbers for dtype {kind}")
            : null;
    }

    private static Refusal? CheckShape(long[]? shape, Rules rules) =>
        rules.Shape is not { } wanted || Shapes.Same(shape, wanted) ? null
        : Refusal.Invalid($"shape must be {Shapes.Show(wanted)}, got {(shape is null ? "none" : Shapes.Show(shape))}");

    private static Refusal? CheckDtype(string? dtype, Rules rules) =>
        rules.Dtype is not { } wanted || dtype == wanted ? null
        : Refusal.Invalid($"dtype must be {wanted}, got {(dtype is null ? "none" : Shown.Of(dtype))}");
}
