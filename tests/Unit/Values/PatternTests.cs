namespace Snakepit.Tests.Values;

public sealed class PatternTests
{
    [Theory]
    [InlineData("b", "abc")]
    [InlineData("", "")]
    [InlineData("^$", "")]
    [InlineData("^a.c$", "a\u00e9c")]
    [InlineData("^.{1}$", "😀")]
    [InlineData("^[a-z]{2,3}\\d+$", "abc42")]
    [InlineData("^[^\\W\\d_]+$", "größe")]
    [InlineData("[]x]", "]")]
    [InlineData("[a\\-z]", "-")]
    [InlineData("[\\]\\\\]", "\\")]
    [InlineData("^(?:a|bc|)d$", "bcd")]
    [InlineData("(?P<year>\\d{4})-(?<month>\\d\\d)", "on 2026-11-22")]
    [InlineData("a{,2}b", "b")]
    [InlineData("a{x}{", "a{x}{")]
    [InlineData("^a*?b+?c??$", "aabb")]
    [InlineData("(a*)*b", "aaab")]
    [InlineData("a$", "a\n")]
    [InlineData("\\bcat\\b", "a cat!")]
    [InlineData("\\Bat", "cat")]
    [InlineData("\\Acat\\Z", "cat")]
    [InlineData("(?i)^stra\\u00DFe$", "STRAßE")]
    [InlineData("(?i)^[^a]$", "b")]
    [InlineData("(?m)^b$", "a\nb\nc")]
    [InlineData("(?s)a.b", "a\nb")]
    [InlineData("(?im)^B", "a\nb")]
    [InlineData("\\x41\\u00e9\\n\\.", "Aé\n.")]
    [InlineData("\\s\\S", "\u2003x")]
    [InlineData("^😀+$", "😀😀")]
    [InlineData("[😀-😂]", "😁")]
    public void A_pattern_is_found(string pattern, string text)
    {
        Reading.Accepted("string", Json(text), $$"""{"pattern":{{Json(pattern)}}}""");
    }

    [Theory]
    [InlineData("^b", "abc")]
    [InlineData("B", "abc")]
    [InlineData("^.$", "😀😀")]
    [InlineData("a.b", "a\nb")]
    [InlineData("a$", "a\n\n")]
    [InlineData("a\\Z", "a\n")]
    [InlineData("^b$", "a\nb\nc")]
    [InlineData("[^a]", "aaa")]
    [InlineData("(?i)[^a]", "aA")]
    [InlineData("a{3}", "aa")]
    [InlineData("^a{2,3}$", "aaaa")]
    [InlineData("^(ab){2}$", "aba")]
    [InlineData("\\bcat\\b", "concat")]
    public void A_pattern_is_not_found(string pattern, string text)
    {
        Assert.Equal($"must match pattern: {pattern}", Reading.Refused("string", Json(text), $$"""{"pattern":{{Json(pattern)}}}"""));
    }

    [Theory]
    [InlineData("(", "missing ) (at character 1)")]
    [InlineData("a)", "unmatched ) (at character 1)")]
    [InlineData("[a", "missing ] (at character 2)")]
    [InlineData("[", "missing ] (at character 1)")]
    [InlineData("*a", "nothing to repeat (at character 1)")]
    [InlineData("a**", "a repeat of a repeat (at character 3)")]
    [InlineData("a++", "a repeat of a repeat (at character 3)")]
    [InlineData("a{3,2}", "a repeat whose minimum is above its maximum (at character 6)")]
    [InlineData("a{1001}", "a repeat of more than 1000 times (at character 7)")]
    [InlineData("[b-a]", "a range in reverse order (at character 4)")]
    [InlineData("\\", "\\ at the end (at character 1)")]
    [InlineData("\\q", "unknown escape \\q (at character 2)")]
    [InlineData("\\uD800", "an escape that is no character (at character 2)")]
    [InlineData("\\x4", "an escape that is no character (at character 2)")]
    [InlineData("(a)\\1", "backreferences cannot be used (at character 5)")]
    [InlineData("(?=a)b", "a group of an unknown kind; lookaround, conditions and flags inside cannot be used (at character 1)")]
    [InlineData("(?<!a)b", "a group of an unknown kind; lookaround, conditions and flags inside cannot be used (at character 1)")]
    [InlineData("(?>a)", "a group of an unknown kind; lookaround, conditions and flags inside cannot be used (at character 1)")]
    [InlineData("((((a{1000}){1000}){1000}){1000}){1000}", "it is too large: its repeats multiply")]
    [InlineData("((((){1000}){1000}){1000}){1000}", "it is too large: its repeats multiply")]
    public void A_pattern_that_cannot_be_used_is_named(string pattern, string why)
    {
        Assert.Equal($"pattern {pattern} cannot be used: {why}", Reading.Uncompiled("string", $$"""{"pattern":{{Json(pattern)}}}"""));
    }

    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("(a*)*c")]
    [InlineData("(?:[ab]*a[ab]{12}){1,50}c$")]
    [InlineData("(.*a.*b.*c.*d){3}z")]
    [InlineData("(a|b|ab|ba|aab)*c{500}")]
    public void No_pattern_takes_long_or_much_memory(string pattern)
    {
        var random = new Random(7);
        var text = $"\"{string.Concat(Enumerable.Range(0, 20_000).Select(_ => "ab"[random.Next(2)]))}!\"";
        var constraints = Reading.Constrained("string", $$"""{"pattern":{{Json(pattern)}}}""");
        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = Snakepit.Sessions.Values.Value.Read(constraints.Type, constraints, Reading.Sent("string", text), Google.Protobuf.ByteString.Empty, Reading.Limit);
        Assert.StartsWith("must match pattern: ", Reading.Refused(read), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void A_text_too_long_for_a_large_pattern_is_refused_as_such()
    {
        var words = Reading.Refused("string", $"\"{new string('a', 1_000_000)}\"", """{"pattern":"(a?){1000}b"}""");
        Assert.Equal("must match pattern: (a?){1000}b (the text is too long for this pattern to be searched for)", words);
    }

    private static string Json(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
