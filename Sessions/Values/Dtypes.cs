using System.Collections.Frozen;

namespace Snakepit.Sessions.Values;

/// <summary>Kinds of elements of tensors, named as NumPy names them.</summary>
internal static class Dtypes
{
    private static readonly string[] Integers =
        ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"];

    private static readonly string[] All =
        ["bool", .. Integers, "float16", "bfloat16", "float32", "float64", "complex64", "complex128"];

    private static readonly FrozenSet<string> Known = All.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>All names, as a refusal lists them.</summary>
    public static string List { get; } = string.Join(", ", All);

    /// <summary>The name, if it is a known one.</summary>
    public static string? Find(string name) => Known.TryGetValue(name, out var known) ? known : null;

    public static bool IsInteger(string dtype) => Integers.Contains(dtype);
}
