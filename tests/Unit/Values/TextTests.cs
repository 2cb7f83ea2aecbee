using Google.Protobuf;

namespace Snakepit.Tests.Values;

public sealed class TextTests
{
    [Theory]
    [InlineData("\"abc\"", "\"abc\"")]
    [InlineData(" \"\" ", "\"\"")]
    [InlineData("\"caf\\u00e9\"", "\"café\"")]
    [InlineData("\"\\ud83d\\ude00\"", "\"😀\"")]
    [InlineData("\"a\\/b\"", "\"a/b\"")]
    [InlineData("\"\\u0022\\u005c\\u000a\\u0001\\u007f\"", "\"\\\"\\\\\\n\\u0001\u007f\"")]
    [InlineData("\"\\b\\f\\n\\r\\t\"", "\"\\b\\f\\n\\r\\t\"")]
    [InlineData("\"NaN\"", "\"NaN\"")]
    public void A_string_is_escaped_only_where_it_must_be(string given, string canonical)
    {
        Assert.Equal(canonical, Reading.Accepted("string", given));
        Assert.Equal(canonical, Reading.Accepted("choice", given));
        Assert.Equal(canonical, Reading.Accepted("string", canonical));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("NaN")]
    [InlineData("[\"a\"]")]
    [InlineData("{\"a\":1}")]
    public void Only_strings_are_strings(string given)
    {
        Assert.Equal("must be a string", Reading.Refused("string", given));
        Assert.Equal("must be a string", Reading.Refused("choice", given));
        Assert.Equal("must be a string", Reading.Refused("module", given));
    }

    [Theory]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"\\udc00\\ud800\"")]
    [InlineData("\"a\\ud83dx\"")]
    public void A_lone_surrogate_is_refused(string given)
    {
        Assert.Equal("a string contains a lone surrogate, which is no character", Reading.Refused("string", given));
    }

    [Fact]
    public void Invalid_utf8_is_refused()
    {
        var any = Reading.Sent("string", "");
        any.Value = ByteString.CopyFrom((byte)'"', 0xC3, (byte)'"');
        Assert.Equal("must be a string: the value is not valid UTF-8", Reading.Refused(Reading.Read("string", any)));
    }

    [Theory]
    [InlineData("\"a")]
    [InlineData("'a'")]
    [InlineData("abc")]
    [InlineData("\"a\nb\"")]
    [InlineData("\"\\x41\"")]
    [InlineData("\"a\" \"b\"")]
    public void What_is_no_json_is_refused(string given)
    {
        Assert.StartsWith("must be a string: the value is not valid JSON", Reading.Refused("string", given), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"ab\"", """{"min_length":3}""", "must be at least 3 characters, got 2")]
    [InlineData("\"😀😀\"", """{"min_length":3}""", "must be at least 3 characters, got 2")]
    [InlineData("\"\\ud83d\\ude00é\"", """{"max_length":1}""", "must be at most 1 characters, got 2")]
    [InlineData("\"abcd\"", """{"max_length":3}""", "must be at most 3 characters, got 4")]
    [InlineData("\"abc\"", """{"pattern":"^b"}""", "must match pattern: ^b")]
    [InlineData("\"c\"", """{"enum":["a","b"]}""", "must be one of: a, b")]
    public void A_string_that_breaks_a_constraint_is_refused(string given, string constraints, string words)
    {
        Assert.Equal(words, Reading.Refused("string", given, constraints));
    }

    [Theory]
    [InlineData("\"😀😀😀\"", """{"min_length":3,"max_length":3.0}""")]
    [InlineData("\"abc\"", """{"pattern":"b"}""")]
    [InlineData("\"caf\\u00e9\"", """{"pattern":"^\\w+é$"}""")]
    [InlineData("\"b\"", """{"enum":["a","b"]}""")]
    [InlineData("\"\\u0062\"", """{"enum":["a","b"]}""")]
    [InlineData("\"anything\"", """{"enum":[]}""")]
    public void A_string_within_its_constraints_is_accepted(string given, string constraints)
    {
        Reading.Accepted("string", given, constraints);
    }

    [Fact]
    public void A_pattern_cannot_be_made_to_take_long()
    {
        var text = $"\"{new string('a', 1_000_000)}!\"";
        Assert.StartsWith("must match pattern", Reading.Refused("string", text, """{"pattern":"^(a+)+$"}"""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"c\"", """{"choices":["a","b"]}""", "must be one of: a, b")]
    [InlineData("\"A\"", """{"choices":["a"]}""", "must be one of: a")]
    public void A_choice_must_be_listed(string given, string constraints, string words)
    {
        Assert.Equal(words, Reading.Refused("choice", given, constraints));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"choices":[]}""")]
    [InlineData("""{"choices":["x","é"]}""")]
    public void A_choice_without_a_list_is_free(string constraints)
    {
        Reading.Accepted("choice", "\"é\"", constraints);
    }

    [Fact]
    public void A_very_long_list_of_choices_is_cut_in_the_refusal()
    {
        var choices = string.Join(",", Enumerable.Range(0, 5000).Select(number => $"\"choice{number}\""));
        var words = Reading.Refused("choice", "\"x\"", $$"""{"choices":[{{choices}}]}""");
        Assert.StartsWith("must be one of: choice0, choice1, ", words, StringComparison.Ordinal);
        Assert.EndsWith("…", words, StringComparison.Ordinal);
        Assert.InRange(words.Length, 900, 1100);
    }
}
