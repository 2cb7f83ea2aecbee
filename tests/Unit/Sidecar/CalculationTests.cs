using Snakepit.Serving.CommandLine;
using Snakepit.Sidecar.Client;

namespace Snakepit.Tests.Sidecar;

public sealed class CalculationTests
{
    [Fact]
    public void It_goes_from_left_to_right()
    {
        var calculation = Calculation.Parse("0 + 5 - 3 x 10 / 2");
        Assert.Equal(0, calculation.Start);
        Assert.Equal([("Add", 5), ("Subtract", 3), ("Multiply", 10), ("Divide", 2)], calculation.Steps);
    }

    [Theory]
    [InlineData("+", "Add")]
    [InlineData("-", "Subtract")]
    [InlineData("−", "Subtract")]
    [InlineData("x", "Multiply")]
    [InlineData("*", "Multiply")]
    [InlineData("×", "Multiply")]
    [InlineData("/", "Divide")]
    [InlineData("÷", "Divide")]
    [InlineData(":", "Divide")]
    public void These_are_operators(string sign, string operation)
    {
        Assert.Equal([(operation, 2)], Calculation.Parse($"1 {sign} 2").Steps);
    }

    [Theory]
    [InlineData("42", 42)]
    [InlineData("-1.5", -1.5)]
    [InlineData("+.5", 0.5)]
    [InlineData("1e3", 1000)]
    [InlineData("  7  ", 7)]
    [InlineData("Infinity", float.PositiveInfinity)]
    public void A_number_alone_is_an_expression(string text, float number)
    {
        var calculation = Calculation.Parse(text);
        Assert.Equal(number, calculation.Start);
        Assert.Empty(calculation.Steps);
    }

    [Fact]
    public void A_sign_belongs_to_the_number_it_touches()
    {
        Assert.Equal([("Subtract", -3)], Calculation.Parse("5 - -3").Steps);
    }

    [Theory]
    [InlineData("", "there is nothing to calculate")]
    [InlineData("   ", "there is nothing to calculate")]
    [InlineData("1 +", "there must be a number behind '+'")]
    [InlineData("1 + 2 x", "there must be a number behind 'x'")]
    [InlineData("+ 1", "'+' is not a number; put spaces around operators")]
    [InlineData("1 2", "'2' is not one of + - x * /")]
    [InlineData("1 ^ 2", "'^' is not one of + - x * /")]
    [InlineData("1 + + 2", "'+' is not a number; put spaces around operators")]
    [InlineData("1+2", "'1+2' is not a number; put spaces around operators")]
    [InlineData("1,5 + 2", "'1,5' is not a number; put spaces around operators")]
    [InlineData("two + 2", "'two' is not a number; put spaces around operators")]
    [InlineData("1 + 2 ?", "'?' is not one of + - x * /")]
    public void The_first_word_that_does_not_fit_is_told(string expression, string error)
    {
        Assert.Equal($"EXPR: {error}", Assert.Throws<MistakeException>(() => Calculation.Parse(expression)).Message);
    }
}
