using Snakepit.Serving;

namespace Snakepit.Tests.Serving;

public sealed class OneLineTests
{
    [Theory]
    [InlineData("plain ü 🐍", "plain ü 🐍")]
    [InlineData("two\nlines", "two\\u000alines")]
    [InlineData("\e[2J\r\t", "\\u001b[2J\\u000d\\u0009")]
    [InlineData("\u0085\u007f", "\\u0085\\u007f")]
    public void A_name_stays_on_its_line(string name, string shown)
    {
        Assert.Equal(shown, OneLine.Of(name));
    }
}
