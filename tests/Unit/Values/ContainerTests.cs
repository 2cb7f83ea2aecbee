using System.Diagnostics;
using System.Text;

namespace Snakepit.Tests.Values;

public sealed class ContainerTests
{
    [Theory]
    [InlineData("map", """{}""", """{}""")]
    [InlineData("map", """ { "b" : [ 1 , { } , [ ] ] , "a" : null } """, """{"b":[1,{},[]],"a":null}""")]
    [InlineData("map", """{"a":NaN,"b":[-Infinity],"NaN":"NaN"}""", """{"a":"NaN","b":["-Infinity"],"NaN":"NaN"}""")]
    [InlineData("map", """{"caf\u00e9":"\u0041"}""", """{"café":"A"}""")]
    [InlineData("map", """{"n":1e999999999,"m":-0,"o":1.50}""", """{"n":1e999999999,"m":-0,"o":1.50}""")]
    [InlineData("list", "[ ]", "[]")]
    [InlineData("list", "[1, \"a\", true, null, {\"a\": [[]]}, Infinity]", "[1,\"a\",true,null,{\"a\":[[]]},\"Infinity\"]")]
    public void Any_content_is_kept_without_white_space(string type, string given, string canonical)
    {
        Assert.Equal(canonical, Reading.Accepted(type, given));
        Assert.Equal(canonical, Reading.Accepted(type, canonical));
    }

    [Theory]
    [InlineData("map", "[]", "must be a map (a JSON object)")]
    [InlineData("map", "1", "must be a map (a JSON object)")]
    [InlineData("map", "null", "must be a map (a JSON object)")]
    [InlineData("map", "NaN", "must be a map (a JSON object)")]
    [InlineData("list", "{}", "must be a list (a JSON array)")]
    [InlineData("list", "\"[]\"", "must be a list (a JSON array)")]
    [InlineData("map", """{"a":1,"\u0061":2}""", "duplicate key: a")]
    [InlineData("list", """[{"a":1},{"b":{"c":1,"c":2}}]""", "duplicate key: c")]
    [InlineData("map", """{"\ud800":1}""", "a string contains a lone surrogate, which is no character")]
    [InlineData("list", """["\udc00"]""", "a string contains a lone surrogate, which is no character")]
    public void What_is_wrong_is_named(string type, string given, string words)
    {
        Assert.Equal(words, Reading.Refused(type, given));
    }

    [Theory]
    [InlineData("map", "{NaN:1}")]
    [InlineData("map", "{\"a\":1")]
    [InlineData("map", "{\"a\":1,}")]
    [InlineData("map", "{\"a\":1}x")]
    [InlineData("list", "[1NaN]")]
    [InlineData("list", "[nan]")]
    [InlineData("list", "[undefined]")]
    public void What_is_no_json_is_refused(string type, string given)
    {
        Assert.Contains(": the value is not valid JSON", Reading.Refused(type, given), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("map", """{"a":{"x":1,"y":2,"z":3},"b":[1,2,3]}""", 2)]
    [InlineData("map", "{}", 0)]
    [InlineData("list", """[[1,2,3],{"a":1,"b":2},"c"]""", 3)]
    public void Only_the_outermost_entries_count_for_max_size(string type, string given, int size)
    {
        Reading.Accepted(type, given, $$"""{"max_size":{{size}}}""");
        if (size > 0)
        {
            Assert.Equal(
                $"must have at most {size - 1} entries, got {size}",
                Reading.Refused(type, given, $$"""{"max_size":{{size - 1}}}"""));
        }
    }

    [Fact]
    public void Sixty_four_levels_are_accepted_and_no_more()
    {
        Reading.Accepted("list", Nested(64));
        Assert.Equal("value is nested deeper than 64 levels", Reading.Refused("list", Nested(65)));
        Assert.Equal("value is nested deeper than 64 levels", Reading.Refused("list", new string('[', 5_000_000)));
        var objects = string.Concat(Enumerable.Repeat("{\"a\":", 100_000));
        Assert.Equal("value is nested deeper than 64 levels", Reading.Refused("map", objects));
    }

    [Fact]
    public void A_number_has_at_most_1000_digits()
    {
        Reading.Accepted("list", $"[{new string('1', 1000)}]");
        Assert.Equal("a number must have at most 1000 digits", Reading.Refused("list", $"[{new string('1', 1001)}]"));
    }

    [Fact]
    public void Many_names_of_one_object_do_not_slow_the_objects_after_it()
    {
        var text = new StringBuilder("[{");
        text.AppendJoin(',', Enumerable.Range(0, 100_000).Select(number => $"\"{number}\":0"));
        text.Append('}');
        text.Insert(text.Length, ",{\"a\":0}", 200_000);
        text.Append(']');
        var watch = Stopwatch.StartNew();
        Reading.Accepted("list", text.ToString());
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
    }

    private static string Nested(int levels) => new string('[', levels) + new string(']', levels);
}
