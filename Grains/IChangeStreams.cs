using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Grains;

/// <summary>The streams of a cluster's sessions, as a silo writes them.</summary>
public interface IChangeStreams
{
    /// <summary>Announces an event on the session's stream. May take long, and may fail: nothing depends on it.</summary>
    Task PublishAsync(SessionKey key, SessionEvent announced);
}
