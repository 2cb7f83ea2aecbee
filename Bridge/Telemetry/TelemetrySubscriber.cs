using System.Globalization;
using System.Threading.Channels;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;

namespace Snakepit.Bridge.Telemetry;

/// <summary>What one subscriber has yet to take, and what it wants at all.</summary>
internal sealed class TelemetrySubscriber
{
    private readonly Channel<TelemetryEvent> _waiting;
    private volatile TelemetrySelection _selection = TelemetrySelection.All;
    private readonly Principal _principal;
    private long _dropped;

    /// <param name="room">Events that may wait.</param>
    /// <param name="principal">Who subscribes.</param>
    public TelemetrySubscriber(int room, Principal principal)
    {
        _principal = principal;
        _waiting = Channel.CreateBounded<TelemetryEvent>(
            new BoundedChannelOptions(room) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => Interlocked.Increment(ref _dropped));
    }

    /// <summary>Does as the subscriber says, from the next event on.</summary>
    public void Control(TelemetryControl control) => _selection = _selection.With(control);

    /// <summary>Whether what happens to this session, or to none of its tenant's, is anything for it.</summary>
    public bool MaySee(SessionKey about) => about.Tenant == _principal.Tenant
        && (about.SessionId.Length > 0 ? _principal.May(Rights.Watch, about.SessionId) : _principal.MayEverywhere(Rights.Watch));

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
