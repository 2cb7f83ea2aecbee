namespace Snakepit.Tests.Values;

public sealed class BooleanTests
{
    [Theory]
    [InlineData("true", "true")]
    [InlineData("false", "false")]
    [InlineData("\"true\"", "true")]
    [InlineData("\"false\"", "false")]
    [InlineData("1", "true")]
    [InlineData(" 0 ", "false")]
    public void These_are_booleans(string given, string canonical)
    {
        Assert.Equal(canonical, Reading.Accepted("boolean", given));
    }

    [Theory]
    [InlineData("2")]
    [InlineData("-1")]
    [InlineData("1.0")]
    [InlineData("\"True\"")]
    [InlineData("\"yes\"")]
    [InlineData("\"1\"")]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("[true]")]
    [InlineData("NaN")]
    public void Nothing_else_is(string given)
    {
        Assert.Equal("must be a boolean (true or false)", Reading.Refused("boolean", given));
    }

    [Theory]
    [InlineData("True")]
    [InlineData("truex")]
    [InlineData("true false")]
    public void What_is_no_json_is_refused(string given)
    {
        Assert.StartsWith("must be a boolean (true or false): the value is not valid JSON", Reading.Refused("boolean", given), StringComparison.Ordinal);
    }
}
