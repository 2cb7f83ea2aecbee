namespace Snakepit.Tests.Values;

public sealed class FloatTests
{
    [Theory]
    [InlineData("0.7", "0.7")]
    [InlineData("1", "1.0")]
    [InlineData("-3", "-3.0")]
    [InlineData("0", "0.0")]
    [InlineData("-0.0", "-0.0")]
    [InlineData("1e3", "1000.0")]
    [InlineData("1E+2", "100.0")]
    [InlineData(" 2.50\n", "2.5")]
    [InlineData("0.0001", "0.0001")]
    [InlineData("0.00001", "1e-05")]
    [InlineData("1e15", "1000000000000000.0")]
    [InlineData("1234567890123456.7", "1234567890123456.8")]
    [InlineData("9999999999999998", "9999999999999998.0")]
    [InlineData("1e16", "1e+16")]
    [InlineData("1.5e300", "1.5e+300")]
    [InlineData("5e-324", "5e-324")]
    [InlineData("1e-999", "0.0")]
    [InlineData("1.7976931348623157e308", "1.7976931348623157e+308")]
    public void A_number_is_spelled_as_the_shortest_float(string given, string canonical)
    {
        Assert.Equal(canonical, Reading.Accepted("float", given));
        Assert.Equal(canonical, Reading.Accepted("float", canonical));
    }

    [Fact]
    public void An_integer_beyond_double_precision_becomes_the_nearest_double()
    {
        Assert.Equal("9007199254740992.0", Reading.Accepted("float", "9007199254740993"));
        Assert.Equal("1e+300", Reading.Accepted("float", "1" + new string('0', 300)));
    }

    [Theory]
    [InlineData("1e309")]
    [InlineData("-1e400")]
    [InlineData("1e999999999999")]
    public void A_number_beyond_the_range_of_a_double_is_refused(string given)
    {
        Assert.Equal($"must be a number: number {given} is beyond the range of a double", Reading.Refused("float", given));
    }

    [Fact]
    public void A_number_of_more_than_1000_digits_is_refused()
    {
        var refusal = Reading.Refused("float", "0." + new string('3', 2_000_000));
        Assert.Equal("must be a number: a number must have at most 1000 digits", refusal);
    }

    [Theory]
    [InlineData("\"NaN\"", "\"NaN\"")]
    [InlineData("\"Infinity\"", "\"Infinity\"")]
    [InlineData("\"-Infinity\"", "\"-Infinity\"")]
    [InlineData("NaN", "\"NaN\"")]
    [InlineData(" Infinity ", "\"Infinity\"")]
    [InlineData("-Infinity", "\"-Infinity\"")]
    [InlineData("\"\\u004eaN\"", "\"NaN\"")]
    public void Special_floats_are_strings_even_if_they_came_bare(string given, string canonical)
    {
        Assert.Equal(canonical, Reading.Accepted("float", given));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("\"1.5\"")]
    [InlineData("\"nan\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("[1]")]
    [InlineData("{}")]
    public void What_is_no_number_is_refused(string given)
    {
        Assert.Equal("must be a number", Reading.Refused("float", given));
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("01")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("+1")]
    [InlineData("-NaN")]
    [InlineData("NaNNaN")]
    [InlineData("1 2")]
    [InlineData("1,")]
    [InlineData("0x10")]
    [InlineData("\uFEFF1")]
    [InlineData("/* one */ 1")]
    public void What_is_no_json_is_refused(string given)
    {
        Assert.StartsWith("must be a number: the value is not valid JSON", Reading.Refused("float", given), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2.5", """{"max":1}""", "value 2.5 is above maximum 1")]
    [InlineData("2", """{"max":1.5}""", "value 2.0 is above maximum 1.5")]
    [InlineData("-0.5", """{"min":0}""", "value -0.5 is below minimum 0")]
    [InlineData("\"Infinity\"", """{"max":1e300}""", "value Infinity is above maximum 1e300")]
    [InlineData("\"-Infinity\"", """{"min":-1e300}""", "value -Infinity is below minimum -1e300")]
    [InlineData("\"NaN\"", """{"min":0}""", "value NaN is below minimum 0")]
    [InlineData("\"NaN\"", """{"max":0}""", "value NaN is above maximum 0")]
    [InlineData("NaN", """{"min":-Infinity}""", "value NaN is below minimum -Infinity")]
    public void A_number_out_of_its_range_is_refused(string given, string constraints, string words)
    {
        Assert.Equal(words, Reading.Refused("float", given, constraints));
    }

    [Theory]
    [InlineData("1", """{"min":1,"max":1.0}""")]
    [InlineData("\"Infinity\"", """{"min":0}""")]
    [InlineData("\"Infinity\"", """{"max":"Infinity"}""")]
    [InlineData("\"-Infinity\"", """{"max":0}""")]
    [InlineData("0.1", """{"max":0.1}""")]
    public void The_bounds_are_included(string given, string constraints)
    {
        Reading.Accepted("float", given, constraints);
    }
}
