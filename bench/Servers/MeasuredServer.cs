namespace Snakepit.Bench;

/// <summary>Something that serves on a port of loopback, made of one process or several. What it keeps goes with it.</summary>
/// <param name="parts">
/// Its processes by name, in the order they were started; the last one serves. What they share with others, as a
/// database, is none of them.
/// </param>
/// <param name="cleanUp">Called when the processes have ended, the last first.</param>
internal sealed class MeasuredServer(IReadOnlyList<(string Name, ServerProcess Process)> parts, Func<ValueTask> cleanUp)
    : IAsyncDisposable
{
    /// <summary>Where it serves.</summary>
    public int Port => parts[^1].Process.Port;

    /// <summary>From the start of each of its processes to its word that it serves, added up.</summary>
    public TimeSpan StartTime => parts.Aggregate(TimeSpan.Zero, static (sum, part) => sum + part.Process.StartTime);

    public IReadOnlyList<(string Name, ServerProcess Process)> Parts => parts;

    /// <summary>Processor time it has used, all threads of all processes, user and system.</summary>
    public TimeSpan ProcessorTime => parts.Aggregate(TimeSpan.Zero, static (sum, part) => sum + part.Process.ProcessorTime);

    /// <summary>Bytes of its memory that are resident and its own.</summary>
    public long PrivateBytes => parts.Sum(static part => part.Process.PrivateBytes);

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, process) in parts.Reverse())
        {
            await process.DisposeAsync();
        }

        await cleanUp();
    }
}
