namespace Snakepit.Tests.Values;

public sealed class EmbeddingTests
{
    [Theory]
    [InlineData("[]", "[]")]
    [InlineData("[0.1,2,-3e5]", "[0.1,2,-3e5]")]
    [InlineData(" [ 0.1 ,\n2 ] ", "[0.1,2]")]
    [InlineData("[1,NaN,-Infinity, Infinity]", "[1,\"NaN\",\"-Infinity\",\"Infinity\"]")]
    [InlineData("[\"NaN\",\"Infinity\",\"-Infinity\"]", "[\"NaN\",\"Infinity\",\"-Infinity\"]")]
    public void A_list_of_numbers_is_kept_as_spelled(string given, string canonical)
    {
        Assert.Equal(canonical, Reading.Accepted("embedding", given));
        Assert.Equal(canonical, Reading.Accepted("embedding", canonical));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("{}")]
    [InlineData("\"[1]\"")]
    [InlineData("[true]")]
    [InlineData("[null]")]
    [InlineData("[1,\"2\"]")]
    [InlineData("[[1]]")]
    [InlineData("NaN")]
    public void Anything_else_is_refused(string given)
    {
        Assert.Equal("must be a list of numbers", Reading.Refused("embedding", given));
    }

    [Theory]
    [InlineData("[1")]
    [InlineData("[1,]")]
    [InlineData("[1 2]")]
    [InlineData("[NaN,]")]
    [InlineData("[1]]")]
    public void What_is_no_json_is_refused(string given)
    {
        Assert.StartsWith("must be a list of numbers: the value is not valid JSON", Reading.Refused("embedding", given), StringComparison.Ordinal);
    }

    [Fact]
    public void An_element_no_double_can_hold_is_refused()
    {
        Assert.Equal("must be a list of numbers: number 1e400 is beyond the range of a double", Reading.Refused("embedding", "[1,1e400]"));
        var digits = new string('9', 400);
        Assert.StartsWith("must be a list of numbers: number 999", Reading.Refused("embedding", $"[{digits}]"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[1,2]", "must have exactly 3 dimensions, got 2")]
    [InlineData("[1,2,3,4]", "must have exactly 3 dimensions, got 4")]
    [InlineData("[]", "must have exactly 3 dimensions, got 0")]
    public void The_number_of_dimensions_is_checked(string given, string words)
    {
        Assert.Equal(words, Reading.Refused("embedding", given, """{"dimensions":3}"""));
        Reading.Accepted("embedding", "[1,2,NaN]", """{"dimensions":3}""");
    }
}
