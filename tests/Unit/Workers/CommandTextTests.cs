using Snakepit.Sidecar.Settings;
using Snakepit.Sidecar.Workers;

namespace Snakepit.Tests.Workers;

public sealed class CommandTextTests
{
    [Theory]
    [InlineData("python3 grpc_server.py --adapter my.Adapter", "python3|grpc_server.py|--adapter|my.Adapter")]
    [InlineData("  a\tb  ", "a|b")]
    [InlineData("""'a b' "c d" e\ f""", "a b|c d|e f")]
    [InlineData("""a"b"'c' '' "" """, "abc||")]
    [InlineData("""x "say \"hi\" \n" '\'""", """x|say "hi" \n|\""")]
    [InlineData("""["/opt/my env/python3", "server.py"]""", "/opt/my env/python3|server.py")]
    [InlineData("$HOME `ls` a;b *", "$HOME|`ls`|a;b|*")]
    public void Words_are_divided_as_a_shell_divides_them_and_nothing_is_expanded(string text, string words)
    {
        Assert.True(CommandText.TryParse(text, out var command));
        Assert.Equal(words.Split('|'), command);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("'unclosed")]
    [InlineData("a \"b")]
    [InlineData("[]")]
    [InlineData("[1]")]
    [InlineData("[\"a\", null]")]
    [InlineData("[\"a\"")]
    [InlineData("'' a")]
    public void What_is_no_command_is_refused(string text) => Assert.False(CommandText.TryParse(text, out _));

    [Theory]
    [InlineData("A=1", """{"A":"1"}""")]
    [InlineData("A=1,2,B=x=y", """{"A":"1,2","B":"x=y"}""")]
    [InlineData("A=", """{"A":""}""")]
    [InlineData("""{"A": "x,y=z"}""", """{"A":"x,y=z"}""")]
    public void Variables_are_read(string text, string expected)
    {
        Assert.True(VariablesText.TryParse(text, out var variables));
        Assert.Equal(expected, VariablesText.Format(variables));
    }

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("=1")]
    [InlineData("""{"A": 1}""")]
    [InlineData("""{"A=B": "1"}""")]
    public void What_are_no_variables_is_refused(string text) => Assert.False(VariablesText.TryParse(text, out _));
}
