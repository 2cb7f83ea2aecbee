using Snakepit.Grains;
using Snakepit.Protocol.Storing;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Grains;

/// <summary>What the gateways of a cluster hear of each other.</summary>
public sealed class GatewayReportsTests
{
    private readonly ManualClock _clock = new();
    private readonly GatewayReports _reports;

    public GatewayReportsTests() => _reports = new GatewayReports(_clock);

    [Fact]
    public void Each_hears_what_the_others_last_said_and_not_itself()
    {
        Assert.Empty(Exchange("a", "1"));
        Assert.Equal(["a=1"], Exchange("b", "2"));
        Assert.Equal(["b=2"], Exchange("a", "3"));
        Assert.Equal(["a=3", "b=2"], Exchange("c", "4"));
    }

    [Fact]
    public void One_that_is_silent_for_too_long_is_not_heard_of_any_more()
    {
        Exchange("a", "1");
        _clock.Advance(GatewayReports.Lasts);
        Assert.Equal(["a=1"], Exchange("b", "2"));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Empty(Exchange("b", "2"));
    }

    [Fact]
    public void One_that_says_goodbye_is_gone_at_once()
    {
        Exchange("a", "1");
        Exchange("a", address: "");
        Assert.Empty(Exchange("b", "2"));
    }

    private List<string> Exchange(string gateway, string address) =>
        [.. _reports.Exchange(new GatewayHosts { Gateway = gateway, Address = address })
            .Gateways.Select(other => $"{other.Gateway}={other.Address}").Order(StringComparer.Ordinal)];
}
