using Snakepit.Bridge.Telemetry;
using Snakepit.Bridge.Tools;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Tools;

public sealed class TelemetrySubscriberTests : IDisposable
{
    private readonly TelemetryHub _hub = new(ToolSettings.Default with { EventsPerSubscriber = 2, MaxSubscribers = 2 }, new ManualClock());

    public void Dispose() => _hub.Dispose();

    [Fact]
    public async Task A_slow_subscriber_loses_the_oldest_events_and_is_told_how_many()
    {
        var slow = _hub.Subscribe(Principal.Unrestricted)!;
        var other = _hub.Subscribe(Principal.Unrestricted)!;
        Emit("a", "b");
        await NextAsync(other);
        Emit("c", "d");

        Assert.Equal(("c", "2"), await NextAsync(slow));
        Assert.Equal(("d", null), await NextAsync(slow));
        Assert.Equal(("c", "1"), await NextAsync(other));
    }

    [Fact]
    public void There_are_only_so_many_subscribers()
    {
        var first = _hub.Subscribe(Principal.Unrestricted)!;
        _hub.Subscribe(Principal.Unrestricted);
        Assert.Null(_hub.Subscribe(Principal.Unrestricted));
        _hub.Leave(first);
        Assert.NotNull(_hub.Subscribe(Principal.Unrestricted));
    }

    [Fact]
    public async Task Each_subscriber_is_sent_what_it_wants()
    {
        var subscriber = _hub.Subscribe(Principal.Unrestricted)!;
        subscriber.Control(new TelemetryControl { Filter = new TelemetryEventFilter { Allow = { "tool.*" }, Deny = { "*.start" } } });
        Emit("tool.start", "session.end", "tool.stop");
        Assert.Equal(("tool.stop", null), await NextAsync(subscriber));
        subscriber.Control(new TelemetryControl { Toggle = new TelemetryToggle() });
        Emit("tool.off");
        subscriber.Control(new TelemetryControl { Toggle = new TelemetryToggle { Enabled = true } });
        subscriber.Control(new TelemetryControl { Filter = new TelemetryEventFilter() });
        subscriber.Control(new TelemetryControl { Sampling = new TelemetrySamplingUpdate { SamplingRate = -1, EventPatterns = { "often.*" } } });
        Emit("often.x", "rare.x");
        Assert.Equal(("rare.x", null), await NextAsync(subscriber));
        Assert.False(subscriber.HasMore);
    }

    private static async Task<(string Name, string? Dropped)> NextAsync(TelemetrySubscriber subscriber)
    {
        var next = await subscriber.NextAsync(CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        return (string.Join('.', next.EventParts), next.Metadata.GetValueOrDefault("dropped"));
    }

    private void Emit(params string[] names)
    {
        foreach (var name in names)
        {
            _hub.Emit(name, duration: null, correlationId: "", new SessionKey("", "s"));
        }
    }
}
