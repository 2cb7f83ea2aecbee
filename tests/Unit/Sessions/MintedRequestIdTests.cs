using Snakepit.Sessions;

namespace Snakepit.Tests.Unit.Sessions;

public sealed class MintedRequestIdTests
{
    [Theory]
    [InlineData("one", 1, 1)]
    [InlineData("a gateway", long.MaxValue, 0)]
    [InlineData("ü", 0, long.MaxValue)]
    public void An_id_is_read_back_from_its_text(string caller, long sequence, long settled)
    {
        var id = new MintedRequestId(caller, sequence, settled);
        Assert.True(MintedRequestId.IsMinted(id.ToString()));
        Assert.True(MintedRequestId.TryParse(id.ToString(), out var parsed));
        Assert.Equal(id, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("one")]
    [InlineData("one\u00011\u00011")]
    [InlineData("\u0001")]
    [InlineData("\u0001\u0001")]
    [InlineData("\u0001\u0001\u0001")]
    [InlineData("\u0001one")]
    [InlineData("\u0001one\u00011")]
    [InlineData("\u0001\u00011\u00011")]
    [InlineData("\u0001one\u0001\u00011")]
    [InlineData("\u0001one\u00011\u0001")]
    [InlineData("\u0001one\u00011\u00011\u00011")]
    [InlineData("\u0001one\u0001-1\u00011")]
    [InlineData("\u0001one\u00011\u0001+1")]
    [InlineData("\u0001one\u0001 1\u00011")]
    [InlineData("\u0001one\u00011.0\u00011")]
    [InlineData("\u0001one\u00019223372036854775808\u00011")]
    [InlineData("\u0001one\u00011\u00019223372036854775808")]
    public void Any_other_text_is_not_one(string text)
    {
        Assert.False(MintedRequestId.TryParse(text, out var parsed));
        Assert.Null(parsed);
    }
}
