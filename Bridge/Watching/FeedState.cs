namespace Snakepit.Bridge.Watching;

/// <summary>Whether a feed goes on, and if not, why.</summary>
internal enum FeedState
{
    Open,

    /// <summary>The session is gone.</summary>
    Ended,

    /// <summary>The process is about to stop.</summary>
    Draining,

    /// <summary>The session cannot be reached.</summary>
    Unreachable,

    /// <summary>The last watcher has left.</summary>
    Closed,
}
