using Snakepit.Sessions;

namespace Snakepit.Grains;

/// <summary>
/// The streams on which sessions announce their changes, one a session: <see cref="WireMessage"/> items that hold a
/// <see cref="Protocol.Storing.SessionEvent"/>. They are doorbells: any of them may be lost, late or repeated.
/// </summary>
public static class SessionStreams
{
    public const string Namespace = "session";

    /// <summary>The stream provider's name, on silos and gateways alike, unless it is configured otherwise.</summary>
    public const string DefaultProvider = "snakepit";

    /// <summary>Where who listens to which stream is kept.</summary>
    public const string SubscriptionStorage = "PubSubStore";

    public static StreamId Of(SessionKey key) => StreamId.Create(Namespace, SessionGrainKey.Of(key));
}
