using Snakepit.Sessions;

namespace Snakepit.Storage.Hosting;

/// <summary>
/// Hears of a session's commits, in order, each once, after the store has it. Called under the host's lock:
/// an implementation takes note and returns; it neither waits nor calls the host back.
/// </summary>
public interface ICommitListener
{
    /// <summary>How many watchers stand behind it: while there is one, the session does not expire.</summary>
    int WatcherCount { get; }

    /// <summary>
    /// What it hears from here on are the commits after this revision of the session made then. False if it has heard
    /// those of another one before that had the name: then it hears nothing.
    /// </summary>
    bool OnSubscribed(DateTimeOffset createdAt, long revision);

    /// <param name="previousRevision">The session's revision before the commit.</param>
    /// <param name="updates">
    /// The commit's changes; their revisions follow without a gap. None where the listener is only told how far the
    /// session has come: what lies between is in the log.
    /// </param>
    void OnCommit(long previousRevision, IReadOnlyList<LoggedUpdate> updates);

    /// <summary>The host will say no more.</summary>
    /// <param name="ended">True: the session is gone. False: it goes on elsewhere, and the listener must subscribe anew.</param>
    void OnClosed(bool ended);
}

/// <summary>What a listener subscribed to.</summary>
/// <param name="Host">Where it is to be unsubscribed.</param>
/// <param name="Revision">What it hears are the commits after this revision.</param>
/// <param name="CreatedAt">When the session was made: tells it from others that had its name before.</param>
public sealed record SubscribedSession(SessionHost Host, long Revision, DateTimeOffset CreatedAt);
