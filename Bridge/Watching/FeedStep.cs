namespace Snakepit.Bridge.Watching;

/// <summary>What a watcher does next.</summary>
internal enum FeedStep
{
    /// <summary>Send the updates taken.</summary>
    Updates,

    /// <summary>Read the log from the cursor on.</summary>
    Behind,

    /// <summary>Wait for more.</summary>
    Parked,

    /// <summary>Wait for the client: there is more, and it has not taken what was sent.</summary>
    Flushing,

    /// <summary>See to the signals.</summary>
    Signalled,

    /// <summary>End: the session is gone.</summary>
    Ended,

    /// <summary>End: the process is about to stop.</summary>
    Draining,

    /// <summary>End: the session cannot be reached.</summary>
    Unreachable,
}
