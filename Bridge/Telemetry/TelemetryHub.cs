using System.Collections.Immutable;
using Snakepit.Bridge.Tools;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;

namespace Snakepit.Bridge.Telemetry;

/// <summary>
/// Hands the events of this process, and those of its workers, to all who subscribed. An event that nobody
/// subscribed to costs nothing; one that a slow subscriber has no room for is lost to that one. Safe from any thread.
/// </summary>
public sealed class TelemetryHub(ToolSettings settings, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _draining = new();
    private ImmutableArray<TelemetrySubscriber> _subscribers = [];

    /// <summary>Whether anyone would see an event: who makes one asks first.</summary>
    public bool IsHeard => !_subscribers.IsEmpty;

    /// <summary>Fires when the server stops.</summary>
    internal CancellationToken Draining => _draining.Token;

    /// <summary>Ends all subscriptions with UNAVAILABLE.</summary>
    public void Drain() => _draining.Cancel();

    public void Dispose() => Drain();

    /// <summary>Makes an event and hands it on.</summary>
    /// <param name="name">Dotted, as `tool.call.start`.</param>
    /// <param name="duration">What it took, as the measurement `duration` in nanoseconds; null = it only begins.</param>
    /// <param name="correlationId">Of the call it belongs to; may be empty.</param>
    /// <param name="about">The session that it is about; with an empty id, none of the tenant's in particular.</param>
    /// <param name="metadata">What it is about.</param>
    public void Emit(
        string name, TimeSpan? duration, string correlationId, SessionKey about, params ReadOnlySpan<(string Key, string Value)> metadata)
    {
        if (!IsHeard)
        {
            return;
        }

        var now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        var made = new TelemetryEvent { EventParts = { name.Split('.') }, TimestampNs = now, CorrelationId = correlationId };
        if (duration is { } taken)
        {
            made.Measurements["duration"] = new TelemetryValue { IntValue = taken.Ticks * TimeSpan.NanosecondsPerTick };
        }
        else
        {
            made.Measurements["system_time"] = new TelemetryValue { IntValue = now };
        }

        foreach (var (key, value) in metadata)
        {
            made.Metadata[key] = value;
        }

        Publish(made, about);
    }

    /// <summary>Hands an event on to those who may see it. Nobody may change it afterwards.</summary>
    /// <param name="made">The event.</param>
    /// <param name="about">As for <see cref="Emit"/>.</param>
    public void Publish(TelemetryEvent made, SessionKey about)
    {
        foreach (var subscriber in _subscribers)
        {
            if (subscriber.MaySee(about))
            {
                subscriber.Offer(made);
            }
        }
    }

    /// <summary>Null where there are as many as may be.</summary>
    internal TelemetrySubscriber? Subscribe(Principal principal)
    {
        var subscriber = new TelemetrySubscriber(settings.EventsPerSubscriber, principal);
        var isFull = false;
        ImmutableInterlocked.Update(ref _subscribers, known =>
        {
            isFull = known.Length >= settings.MaxSubscribers;
            return isFull ? known : known.Add(subscriber);
        });
        return isFull ? null : subscriber;
    }

    internal void Leave(TelemetrySubscriber subscriber) =>
        ImmutableInterlocked.Update(ref _subscribers, known => known.Remove(subscriber));
}
