using System.Globalization;
using System.Threading.Channels;
using Snakepit.Protocol.Bridge;

namespace Snakepit.Bridge.Telemetry;

/// <summary>What one subscriber has yet to take, and what it wants at all.</summary>
internal sealed class TelemetrySubscriber
{
    private readonly Channel<TelemetryEvent> _waiting;
    private volatile TelemetrySelection _selection = TelemetrySelection.All;
    private long _dropped;

    public TelemetrySubscriber(int room)
    {
        _waiting = Channel.CreateBounded<TelemetryEvent>(
            new BoundedChannelOptions(room) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => Interlocked.Increment(ref _dropped));
    }

    /// <summary>Does as the subscriber says, from the next event on.</summary>
    public void Control(TelemetryControl control) => _selection = _selection.With(control);

    /// <summary>Called by whoever has an event. Never waits.</summary>
    public void Offer(TelemetryEvent made)
    {
        if (_selection.Takes(made))
        {
            _waiting.Writer.TryWrite(made);
        }
    }

    /// <summary>The next event. The first after a loss says in its metadata, as `dropped`, how many were lost.</summary>
    public async ValueTask<TelemetryEvent> NextAsync(CancellationToken cancellation)
    {
        var next = await _waiting.Reader.ReadAsync(cancellation);
        if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
        {
            // Others have the same event.
            next = next.Clone();
            next.Metadata["dropped"] = dropped.ToString(CultureInfo.InvariantCulture);
        }

        return next;
    }

    /// <summary>Whether one waits.</summary>
    public bool HasMore => _waiting.Reader.Count > 0;
}
