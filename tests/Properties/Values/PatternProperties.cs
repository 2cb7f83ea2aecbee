using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Sessions.Values;
using Value = Snakepit.Sessions.Values.Value;

namespace Snakepit.Tests.Values;

public sealed class PatternProperties
{
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(5_000);

    [Fact]
    public void A_pattern_finds_what_another_engine_finds()
    {
        var pattern = from flags in Gen.Elements("", "", "(?i)", "(?m)", "(?s)", "(?ms)") from body in Gen.Sized(size => Pattern(Math.Min(size / 10, 4))) select flags + body;
        var text = Gen.ListOf(Gen.Elements('a', 'b', 'B', 'c', '1', ' ', '\n', 'é')).Select(letters => string.Concat(letters.Take(12)));
        Check.One(Runs, Prop.ForAll(pattern.ToArbitrary(), text.ToArbitrary(), (given, searched) =>
        {
            var expected = Regex.IsMatch(searched, given, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
            return Found(given, searched) == expected;
        }));
    }

    [Fact]
    public void No_text_makes_the_compiler_throw()
    {
        var noise = Gen.ListOf(Gen.Elements("(", ")", "[", "]", "{", "}", "*", "+", "?", "|", "\\", "^", "$", "a", "1", ",", "-", "(?", "<", ">", "P<x>", "😀", "\\x", "{2}", "."))
            .Select(string.Concat);
        Check.One(Runs, Prop.ForAll(noise.ToArbitrary(), given =>
        {
            var compiled = Constraints.Compile(VariableType.Find("string")!, Json(given));
            return compiled.IsRefused || Found(given, "ab1") || !Found(given, "ab1");
        }));
    }

    private static Gen<string> Pattern(int depth)
    {
        var leaf = Gen.Elements("a", "b", "B", "é", ".", "[ab]", "[^a]", "[b-c1]", "[^\\d\\s]", "\\d", "\\w", "\\s", "\\W", "^", "$", "\\b", "\\B", "\\A", "\\z", "\\n", "");
        if (depth == 0)
        {
            return leaf;
        }

        var part = Pattern(depth - 1);
        return Gen.Frequency(
            (2, leaf),
            (4, from first in part from second in part select first + second),
            (2, from first in part from second in part select $"(?:{first}|{second})"),
            (3, from repeated in part from times in Gen.Elements("*", "+", "?", "{2}", "{0,2}", "{1,}", "*?", "+?", "{0}") select $"({repeated}){times}"));
    }

    private static bool Found(string pattern, string text)
    {
        var type = VariableType.Find("string")!;
        var constraints = Constraints.Compile(type, Json(pattern));
        var any = new Any { Value = ByteString.CopyFromUtf8(System.Text.Json.JsonSerializer.Serialize(text)) };
        return !Value.Read(type, constraints.Value!, any, ByteString.Empty, 10_000).IsRefused;
    }

    private static string Json(string pattern) => $$"""{"pattern":{{System.Text.Json.JsonSerializer.Serialize(pattern)}}}""";
}
