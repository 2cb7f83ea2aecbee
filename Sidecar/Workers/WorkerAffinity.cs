namespace Snakepit.Sidecar.Workers;

/// <summary>What a session's calls have to do with the worker that ran the last of them. The names are upstream's.</summary>
public enum WorkerAffinity
{
    /// <summary>That worker if it is free, else any other.</summary>
    Hint,

    /// <summary>That worker and no other: who finds it busy waits for it.</summary>
    StrictQueue,

    /// <summary>That worker and no other: who finds it busy is refused.</summary>
    StrictFailFast,
}
