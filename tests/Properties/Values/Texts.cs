using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Snakepit.Tests.Values;

/// <summary>JSON texts of every type, with white space, escapes and spellings that are not canonical.</summary>
internal static class Texts
{
    public static readonly Gen<string> Space = Gen.Frequency(
        (5, Gen.Constant("")), (1, Gen.Elements(" ", "\n", "\t", "\r\n  ")));

    public static readonly Gen<string> Special = Gen.Elements(
        "\"NaN\"", "\"Infinity\"", "\"-Infinity\"", "NaN", "Infinity", "-Infinity");

    public static readonly Gen<string> Integer =
        from sign in Gen.Elements("", "-")
        from first in Gen.Choose(1, 9)
        from rest in Gen.ListOf(Gen.Choose(0, 9))
        from zero in Gen.Frequency((1, Gen.Constant(true)), (6, Gen.Constant(false)))
        select sign + (zero ? "0" : first + string.Concat(rest));

    public static readonly Gen<string> Number = Gen.Frequency(
        (3, Integer),
        (2, from whole in Integer from digits in Gen.NonEmptyListOf(Gen.Choose(0, 9)) select $"{whole}.{string.Concat(digits)}"),
        (1, from whole in Integer from e in Gen.Elements("e", "E", "e+", "E-") from exponent in Gen.Choose(0, 20) select $"{whole}{e}{exponent}"),
        (1, ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite).Select(number => number.ToString("R", CultureInfo.InvariantCulture))));

    public static readonly Gen<string> Text =
        from pieces in Gen.ListOf(Gen.Frequency(
            (6, Gen.Choose(0x20, 0x7E).Where(code => code is not ('"' or '\\')).Select(code => ((char)code).ToString())),
            (2, Gen.Elements("é", "😀", "\u2028", "\u007f", "中")),
            (2, Gen.Elements("\\n", "\\u000a", "\\\"", "\\\\", "\\/", "\\u0041", "\\u00e9", "\\ud83d\\ude00", "\\u0000", "\\u001F"))))
        select $"\"{string.Concat(pieces)}\"";

    public static readonly Gen<string> Embedding = ListOf(Gen.Frequency((6, Number), (1, Special)));

    public static readonly Gen<string> List = Gen.Sized(size => ListOf(Anything(Math.Min(size, 20))));

    public static readonly Gen<string> Map = Gen.Sized(size => MapOf(Anything(Math.Min(size, 20))));

    public static readonly Gen<string> Tensor =
        from shape in Gen.ListOf(Gen.Choose(0, 3)).Where(lengths => lengths.Count is > 0 and < 5)
        from flat in ArbMap.Default.GeneratorFor<bool>()
        from element in Gen.Frequency((6, Number), (1, Special))
        from space in Space
        from dataFirst in ArbMap.Default.GeneratorFor<bool>()
        let data = flat ? Nested([shape.Aggregate(1, (product, length) => product * length)], 0, element) : Nested([.. shape], 0, element)
        let shapeText = $"\"shape\":{space}[{string.Join("," + space, shape)}]"
        select dataFirst ? $"{{\"data\":{data}{space},{shapeText}}}" : $"{{{shapeText},{space}\"data\":{data}}}";

    public static readonly Gen<string> Module =
        from names in Gen.NonEmptyListOf(Gen.Elements("a", "dspy", "_x1", "Größe"))
        select $"\"{string.Join(".", names)}\"";

    /// <summary>A type and a text that it accepts.</summary>
    public static readonly Gen<(string Type, string Json)> Typed = Gen.OneOf(
        Of("float", Gen.Frequency((5, Number), (1, Special))),
        Of("integer", Gen.Frequency((3, Integer), (1, Integer.Select(whole => whole + ".00")), (1, Integer.Select(whole => whole + "e7")))),
        Of("string", Text),
        Of("choice", Text),
        Of("boolean", Gen.Elements("true", "false", "\"true\"", "\"false\"", "1", "0")),
        Of("module", Module),
        Of("embedding", Embedding),
        Of("tensor", Tensor),
        Of("map", Map),
        Of("list", List));

    /// <summary>Any text at all: broken JSON, JSON of other types, JSON with a piece cut out or put in.</summary>
    public static readonly Gen<(string Type, byte[] Bytes)> Wild =
        from type in Gen.Elements(Snakepit.Sessions.Values.VariableType.Names.ToArray())
        from typed in Typed
        from noise in Gen.OneOf(
            ArbMap.Default.GeneratorFor<byte[]>(),
            Gen.Elements("NaN", "\"", "\\u", "\\ud800", "[", "]", "{", "}", ",", ":", "1e9", "-", "\0").Select(System.Text.Encoding.UTF8.GetBytes))
        from at in Gen.Choose(0, 1000)
        from cut in Gen.Choose(0, 3)
        let bytes = System.Text.Encoding.UTF8.GetBytes(typed.Json)
        let start = at % (bytes.Length + 1)
        let end = Math.Min(bytes.Length, start + cut)
        select (type, (byte[])[.. bytes[..start], .. noise, .. bytes[end..]]);

    private static Gen<(string Type, string Json)> Of(string type, Gen<string> text) =>
        from before in Space
        from json in text
        from after in Space
        select (type, before + json + after);

    private static Gen<string> Anything(int depth) =>
        depth <= 0
            ? Gen.OneOf(Number, Text, Special, Gen.Elements("null", "true", "false"))
            : Gen.Frequency((4, Anything(0)), (1, ListOf(Anything(depth / 4))), (1, MapOf(Anything(depth / 4))));

    private static Gen<string> ListOf(Gen<string> element) =>
        from elements in Gen.ListOf(from before in Space from text in element from after in Space select before + text + after)
        select $"[{string.Join(",", elements)}]";

    private static Gen<string> MapOf(Gen<string> element) =>
        from elements in Gen.ListOf(from before in Space from text in element from after in Space select before + text + after)
        select $"{{{string.Join(",", elements.Select((text, index) => $"\"k{index}\\u00e9\" :{text}"))}}}";

    private static string Nested(int[] shape, int axis, string element) =>
        axis == shape.Length
            ? element
            : $"[{string.Join(",", Enumerable.Repeat(Nested(shape, axis + 1, element), shape[axis]))}]";
}
