using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Bridge.Telemetry;
using Snakepit.Bridge.Tools;
using Snakepit.Bridge.Tools.Attached;
using Snakepit.Bridge.Tools.Relayed;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Storing;
using Snakepit.Protocol.Tools;
using Snakepit.Storage;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Tools;

/// <summary>What a gateway makes of the others' word for their hosts, and what it tells them.</summary>
public sealed class HostsOfOtherGatewaysTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly ToolHosts _hosts;

    public HostsOfOtherGatewaysTests() => _hosts = NewHosts();

    public void Dispose() => _hosts.Dispose();

    [Fact]
    public void A_host_that_is_attached_elsewhere_is_relayed_to_for_as_long_as_it_is()
    {
        _hosts.Apply([Gateway("g1", "127.0.0.1:7001", Attached("h", 10))]);
        var relayed = Assert.IsType<RelayedHost>(Find("h"));
        Assert.Equal("127.0.0.1:7001", relayed.Gateway.Rpc.Target);
        Assert.Equal("attached to gateway 127.0.0.1:7001", Assert.Single(_hosts.Describe("")).Detail);

        _hosts.Apply([Gateway("g1", "127.0.0.1:7001", Attached("h", 10))]);
        Assert.Same(relayed, Find("h"));
        _hosts.Apply([]);
        Assert.Null(Find("h"));
    }

    [Fact]
    public void Of_two_streams_of_one_host_the_later_holds()
    {
        _hosts.Apply([Gateway("g1", "127.0.0.1:7001", Attached("h", 10)), Gateway("g2", "127.0.0.1:7002", Attached("h", 20))]);
        Assert.Equal("127.0.0.1:7002", Assert.IsType<RelayedHost>(Find("h")).Gateway.Rpc.Target);
    }

    [Fact]
    public async Task An_own_stream_gives_way_to_a_later_one_elsewhere_and_not_to_an_earlier()
    {
        var own = NewAttached("h");
        Assert.Null(_hosts.Attach(own));
        _hosts.Apply([Gateway("g1", "127.0.0.1:7001", Attached("h", own.Since - 1))]);
        Assert.Same(own, Find("h"));
        Assert.False(own.Ended.IsCompleted);

        _hosts.Apply([Gateway("g1", "127.0.0.1:7001", Attached("h", own.Since + 1))]);
        Assert.Equal(RpcCode.Aborted, (await own.Ended).Code);
        Assert.IsType<RelayedHost>(Find("h"));
        _hosts.Detach(own);
        Assert.IsType<RelayedHost>(Find("h"));
    }

    [Fact]
    public void A_stream_that_comes_here_is_later_than_one_that_is_known_whatever_the_other_gateways_clock_says()
    {
        var ahead = UnixMicroseconds() + 1_000_000;
        _hosts.Apply([Gateway("g1", "127.0.0.1:7001", Attached("h", ahead))]);
        var own = NewAttached("h");
        Assert.Null(_hosts.Attach(own));
        Assert.True(own.Since > ahead);
        Assert.Equal(own.Since, Assert.Single(_hosts.Report().Attached).Since);
        _hosts.Apply([Gateway("g1", "127.0.0.1:7001", Attached("h", ahead))]);
        Assert.Same(own, Find("h"));
    }

    [Fact]
    public void A_worker_announced_anywhere_is_announced_everywhere_and_the_last_word_counts()
    {
        using var other = NewHosts();
        Assert.False(other.Announce("w", "127.0.0.1:7101").IsRefused);
        _hosts.Apply([Told(other)]);
        Assert.Equal("127.0.0.1:7101", Assert.Single(_hosts.Describe("")).Address);

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_hosts.Announce("w", "127.0.0.1:7102").IsRefused);
        _hosts.Apply([Told(other)]);
        Assert.Equal("127.0.0.1:7102", Assert.Single(_hosts.Describe("")).Address);
        other.Apply([Told(_hosts)]);
        Assert.Equal("127.0.0.1:7102", Assert.Single(other.Describe("")).Address);
    }

    [Fact]
    public void A_worker_that_was_removed_does_not_come_back_by_old_word_and_can_be_announced_again()
    {
        using var other = NewHosts();
        _hosts.Announce("w", "127.0.0.1:7101");
        other.Apply([Told(_hosts)]);
        var old = Told(other);
        Assert.True(_hosts.Remove("w").Value!.Removed);
        _hosts.Apply([old]);
        Assert.Empty(_hosts.Describe(""));
        other.Apply([Told(_hosts)]);
        Assert.Empty(other.Describe(""));

        Assert.False(other.Announce("w", "127.0.0.1:7103").IsRefused);
        _hosts.Apply([Told(other)]);
        Assert.Equal("127.0.0.1:7103", Assert.Single(_hosts.Describe("")).Address);
    }

    [Fact]
    public void Removals_are_forgotten_after_an_hour()
    {
        _hosts.Announce("w", "127.0.0.1:7101");
        _hosts.Remove("w");
        Assert.Equal("", Assert.Single(_hosts.Report().Announcements).Address);
        _clock.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1));
        Assert.Empty(_hosts.Report().Announcements);
    }

    [Fact]
    public void No_more_hosts_are_taken_over_than_a_process_may_know()
    {
        using var small = NewHosts(ToolSettings.Default with { MaxHosts = 2 });
        small.Apply([Gateway("g1", "127.0.0.1:7001", Attached("a", 1), Attached("b", 1), Attached("c", 1))]);
        Assert.Equal(2, small.Describe("").Count);
    }

    private static AttachedAt Attached(string id, long since) => new() { HostId = id, Since = since };

    private static GatewayHosts Gateway(string gateway, string address, params AttachedAt[] attached) =>
        new() { Gateway = gateway, Address = address, Attached = { attached } };

    private static GatewayHosts Told(ToolHosts hosts)
    {
        var report = hosts.Report();
        (report.Gateway, report.Address) = ("other", "127.0.0.1:7009");
        return report;
    }

    private ToolHosts NewHosts(ToolSettings? settings = null)
    {
        settings ??= ToolSettings.Default;
        return new ToolHosts(settings, new TelemetryHub(settings, _clock), _clock, NullLogger<ToolHosts>.Instance);
    }

    private AttachedHost NewAttached(string id) => new(id, new Hello(), ToolSettings.Default, _clock);

    private IToolHost? Find(string id) => _hosts.TryFind("", id, out var host) ? host : null;

    private long UnixMicroseconds() => UnixTime.ToMicroseconds(_clock.GetUtcNow());
}
