namespace Snakepit.Tests.Values;

public sealed class IntegerTests
{
    [Theory]
    [InlineData("42", "42")]
    [InlineData("42.0", "42")]
    [InlineData("1e3", "1000")]
    [InlineData("-12.50e1", "-125")]
    [InlineData("0.001e3", "1")]
    [InlineData("-0", "0")]
    [InlineData("-0.0", "0")]
    [InlineData("0e999999999", "0")]
    [InlineData("1000e-3", "1")]
    [InlineData("1000e-00000000000000000000003", "1")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    public void A_whole_number_is_spelled_plainly(string given, string canonical)
    {
        Assert.Equal(canonical, Reading.Accepted("integer", given));
        Assert.Equal(canonical, Reading.Accepted("integer", canonical));
    }

    [Fact]
    public void A_thousand_digits_are_kept()
    {
        var digits = "-" + new string('7', 1000);
        Assert.Equal(digits, Reading.Accepted("integer", digits));
        Assert.Equal("1" + new string('0', 999), Reading.Accepted("integer", "1e999"));
    }

    [Theory]
    [InlineData("1e1000")]
    [InlineData("1e999999999")]
    [InlineData("-1e99999999999999999999999999")]
    public void More_digits_by_an_exponent_are_refused(string given)
    {
        Assert.Equal("must be an integer of at most 1000 digits", Reading.Refused("integer", given));
    }

    [Theory]
    [InlineData(1001)]
    [InlineData(8_000_000)]
    public void More_digits_are_refused(int digits)
    {
        Assert.Equal("must be an integer of at most 1000 digits", Reading.Refused("integer", new string('7', digits)));
    }

    [Theory]
    [InlineData("3.5", "3.5")]
    [InlineData("1e-1", "1e-1")]
    [InlineData("1e-999999999", "1e-999999999")]
    public void A_fraction_is_refused_by_its_spelling(string given, string shown)
    {
        Assert.Equal($"must be a whole number, got {shown}", Reading.Refused("integer", given));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("\"42\"")]
    [InlineData("null")]
    [InlineData("NaN")]
    [InlineData("\"Infinity\"")]
    [InlineData("[]")]
    public void What_is_no_integer_is_refused(string given)
    {
        Assert.Equal("must be an integer", Reading.Refused("integer", given));
    }

    [Theory]
    [InlineData("0", """{"min":1}""", "value 0 is below minimum 1")]
    [InlineData("11", """{"max":10}""", "value 11 is above maximum 10")]
    [InlineData("11.0", """{"max":10.0}""", "value 11 is above maximum 10.0")]
    [InlineData("0", """{"min":0.5}""", "value 0 is below minimum 0.5")]
    [InlineData("-1", """{"min":-0.5}""", "value -1 is below minimum -0.5")]
    [InlineData("1", """{"max":0.5}""", "value 1 is above maximum 0.5")]
    [InlineData("-2", """{"min":-1e0}""", "value -2 is below minimum -1e0")]
    [InlineData("9007199254740993", """{"max":9007199254740992}""", "value 9007199254740993 is above maximum 9007199254740992")]
    [InlineData("5", """{"max":-Infinity}""", "value 5 is above maximum -Infinity")]
    public void An_integer_out_of_its_range_is_refused(string given, string constraints, string words)
    {
        Assert.Equal(words, Reading.Refused("integer", given, constraints));
    }

    [Theory]
    [InlineData("10", """{"min":10,"max":10}""")]
    [InlineData("0", """{"min":-0.5,"max":0.5}""")]
    [InlineData("1000000000000000000000", """{"min":1e21}""")]
    [InlineData("-3", """{"max":-2.5}""")]
    [InlineData("5", """{"min":-Infinity,"max":Infinity}""")]
    [InlineData("0", """{"max":1e-999999999}""")]
    public void Bounds_are_exact_and_included(string given, string constraints)
    {
        Reading.Accepted("integer", given, constraints);
    }
}
