using System.Text;

namespace Snakepit.Tests.Robustness.Fuzz;

/// <summary>Values that are hard to bear.</summary>
internal static class Oddities
{
    private static readonly string[] SomeTexts =
    [
        "", " ", "\0", "a\0b", "*", "**", "../../etc/passwd", "var_", "var_x_1", "\u202e", "\U0001F40D", "e\u0301", "%s%n", "' OR 1=1 --", "{}", "null",
        new('x', 257), new('x', 70_000), new('*', 300), new('é', 200), "\r\n\r\nHTTP/1.1 200 OK", "session with spaces", "type.googleapis.com/",
    ];

    private static readonly string[] SomeJson =
    [
        "", "null", "1", "-0", "1e999999", "-1e-999999", "NaN", "\"NaN\"", "\"Infinity\"", "true", "\"\"", "[]", "{}", "[1,2,", "{\"a\":", "\"\\ud800\"", "\ufeff1",
        "0x10", "01", "1.", ".5", "[[]]", "{\"shape\":[2,2],\"data\":[1,2,3]}", "{\"shape\":[-1],\"data\":[]}", "{\"shape\":[1000000000,1000000000],\"data\":[]}",
        "{\"a\":1,\"a\":2}", "// comment", "1 2", new('9', 999), new('9', 1_001), "1e1000", "0." + new string('0', 5_000) + "1",
        new string('[', 70) + new string(']', 70), new string('[', 100_000), new string('[', 50_000) + new string(']', 50_000),
        string.Concat(Enumerable.Repeat("{\"a\":", 5_000)) + "1" + new string('}', 5_000),
        "{\"" + new string('k', 100_000) + "\":1}", "[" + string.Join(',', Enumerable.Repeat("1", 20_000)) + "]",
    ];

    private static readonly string[] SomeConstraints =
    [
        "", "null", "[]", "{\"min\":1e999}", "{\"min\":2,\"max\":1}", "{\"pattern\":\"(a+)+$\"}", "{\"pattern\":\"(a|aa)+$\"}", "{\"pattern\":\"(\"}",
        "{\"pattern\":\"(?<=x)y\"}", "{\"pattern\":\"" + new string('(', 2_000) + "\"}", "{\"pattern\":\"a{1000}{1000}\"}", "{\"pattern\":\"" + new string('a', 60_000) + "\"}",
        "{\"pattern\":\"(\\\\w+\\\\s?)*$\"}", "{\"pattern\":\"\\\\1\"}", "{\"pattern\":null}", "{\"choices\":[]}", "{\"choices\":[1,null]}", "{\"dimensions\":-1}",
        "{\"dimensions\":1e9}", "{\"shape\":[1e9]}", "{\"unknown\":1}", "{\"min_length\":-1}", "{\"max_length\":99999999999999999999}", "{\"enum\":\"x\"}", "{\"max_size\":0}",
        "{\"choices\":[" + string.Join(',', Enumerable.Repeat("\"c\"", 10_000)) + "]}",
    ];

    private static readonly long[] SomeNumbers = [0, 1, -1, 2, 100, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, 1L << 53, 65_536];

    private static readonly string[] SomeTypeUrls =
    [
        "", "/", "type.googleapis.com/snakepit.", "type.googleapis.com/google.protobuf.DoubleValue", "type.googleapis.com/google.protobuf.StringValue",
        "type.googleapis.com/google.protobuf.Any", "type.googleapis.com/snakepit.tensor.binary", "dspex.variables/float", "x" + new string('/', 1_000), new('u', 50_000),
    ];

    public static string Text(Random random) => Of(random, SomeTexts);

    public static string Json(Random random) => Of(random, SomeJson);

    public static string Constraints(Random random) => Of(random, SomeConstraints);

    public static string TypeUrl(Random random) => Of(random, SomeTypeUrls);

    public static long Number(Random random) => Of(random, SomeNumbers);

    /// <summary>Bytes that are seldom UTF-8.</summary>
    public static byte[] Bytes(Random random)
    {
        var bytes = new byte[random.Next(5) switch { 0 => 0, 1 => 1, 2 => random.Next(64), 3 => random.Next(1_024), _ => random.Next(100_000) }];
        random.NextBytes(bytes);
        return random.Next(3) == 0 ? Encoding.UTF8.GetBytes(Json(random)) : bytes;
    }

    private static T Of<T>(Random random, T[] some) => some[random.Next(some.Length)];
}
