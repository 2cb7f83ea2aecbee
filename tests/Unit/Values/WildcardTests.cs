using Snakepit.Protocol;

namespace Snakepit.Tests.Values;

public sealed class WildcardTests
{
    [Theory]
    [InlineData("*", "")]
    [InlineData("*", "anything at all")]
    [InlineData("", "")]
    [InlineData("abc", "abc")]
    [InlineData("a*", "a")]
    [InlineData("a*c", "abc")]
    [InlineData("a*c", "ac")]
    [InlineData("*b*", "abc")]
    [InlineData("**", "x")]
    [InlineData("a*b*c", "a-b-b-c")]
    [InlineData("a*ab", "aab")]
    [InlineData("a.c", "a.c")]
    [InlineData("[a]?", "[a]?")]
    public void Matches(string pattern, string name) => Assert.True(new Wildcard(pattern).Matches(name));

    [Theory]
    [InlineData("", "a")]
    [InlineData("abc", "ABC")]
    [InlineData("abc", "xabc")]
    [InlineData("a*", "ba")]
    [InlineData("*a", "ab")]
    [InlineData("ab*ba", "aba")]
    [InlineData("a.c", "abc")]
    [InlineData("a?c", "abc")]
    [InlineData("*aa*aa*", "aaa")]
    [InlineData("a*b*c", "acb")]
    public void Does_not_match(string pattern, string name) => Assert.False(new Wildcard(pattern).Matches(name));

    [Fact]
    public void Many_stars_take_linear_time()
    {
        var pattern = string.Concat(Enumerable.Repeat("a*", 5_000)) + "b";
        Assert.False(new Wildcard(pattern).Matches(new string('a', 1_000_000)));
    }
}
