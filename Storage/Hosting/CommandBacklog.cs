using Snakepit.Sessions;

namespace Snakepit.Storage.Hosting;

/// <summary>
/// The commands of all sessions of a process that are not answered yet. A store that is slower than its callers must
/// not fill the memory with what waits for it: beyond a number, or a number of bytes, a command is refused at once.
/// </summary>
internal sealed class CommandBacklog(HostPolicy policy)
{
    private long _commands;
    private long _bytes;

    /// <summary>Counts a command in; a refusal where there is no room for it. Any thread.</summary>
    public Refusal? Add(long bytes)
    {
        var commands = Interlocked.Increment(ref _commands);
        var total = Interlocked.Add(ref _bytes, bytes);
        var refusal = commands > policy.MaxWaitingCommands
            ? Refusal.Exhausted($"{policy.MaxWaitingCommands} commands wait for the store, which is the limit; nothing was changed")
            : total > policy.MaxWaitingBytes && commands > 1
                ? Refusal.Exhausted($"the commands that wait for the store have {policy.MaxWaitingBytes} bytes, which is the limit; nothing was changed")
                : null;
        if (refusal is not null)
        {
            Remove(1, bytes);
        }

        return refusal;
    }

    /// <summary>They are answered. Any thread.</summary>
    public void Remove(int commands, long bytes)
    {
        Interlocked.Add(ref _commands, -commands);
        Interlocked.Add(ref _bytes, -bytes);
    }
}
