using Snakepit.Serving.Settings;

namespace Snakepit.Tests.Serving;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("localhost", "localhost", null)]
    [InlineData("localhost:3000", "localhost", 3000)]
    [InlineData("node-1.example.org:0", "node-1.example.org", 0)]
    [InlineData("127.0.0.1", "127.0.0.1", null)]
    [InlineData("127.0.0.1:65535", "127.0.0.1", 65535)]
    [InlineData("::1", "::1", null)]
    [InlineData("[::1]", "::1", null)]
    [InlineData("[::1]:3000", "::1", 3000)]
    [InlineData("[fe80::1:2]:3000", "fe80::1:2", 3000)]
    [InlineData("::", "::", null)]
    [InlineData("*", "*", null)]
    [InlineData("*:3000", "*", 3000)]
    public void These_are_addresses(string text, string host, int? port)
    {
        Assert.Equal(new ListenAddress(host, port), ListenAddress.Parse(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData(":3000")]
    [InlineData("3000")]
    [InlineData("3000:3000")]
    [InlineData("localhost:")]
    [InlineData("localhost:http")]
    [InlineData("localhost:65536")]
    [InlineData("localhost:-1")]
    [InlineData("two words")]
    [InlineData("http://localhost")]
    [InlineData("http://localhost:3000")]
    [InlineData("localhost/path")]
    [InlineData("[::1")]
    [InlineData("::1]")]
    [InlineData("[::1]3000")]
    [InlineData("[::1]:")]
    [InlineData("[[::1]]:3000")]
    [InlineData("[localhost]:3000")]
    [InlineData("[]:3000")]
    [InlineData("[:")]
    [InlineData("1:2:3")]
    public void Nothing_else_is(string text)
    {
        Assert.Null(ListenAddress.Parse(text));
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:1", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.8.9.10", true)]
    [InlineData("[::1]:3000", true)]
    [InlineData("localhost.example.org", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::", false)]
    [InlineData("*", false)]
    [InlineData("10.0.0.1", false)]
    public void Only_this_machine_reaches_a_loopback_address(string text, bool isLoopback)
    {
        Assert.Equal(isLoopback, ListenAddress.Parse(text)!.IsLoopback);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("localhost:3000")]
    [InlineData("[::1]:3000")]
    public void Its_text_is_what_people_write(string text)
    {
        Assert.Equal(text, ListenAddress.Parse(text)!.ToString());
    }

    [Fact]
    public void The_servers_port_holds_where_it_has_none_of_its_own()
    {
        Assert.Equal(50051, ListenAddress.Parse("localhost")!.EndpointOn(50051).Port);
        Assert.Equal(3000, ListenAddress.Parse("localhost:3000")!.EndpointOn(50051).Port);
    }
}
