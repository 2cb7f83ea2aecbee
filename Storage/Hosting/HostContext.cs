using Snakepit.Sessions;

namespace Snakepit.Storage.Hosting;

/// <summary>What the hosts of a directory have in common. There are many hosts: each has one reference to it.</summary>
internal sealed class HostContext(ISessionStore store, SessionSettings settings, HostPolicy policy, TimeProvider time)
{
    // They read for long: more of them would take the store from others, and a process that stops waits for them.
    private const int TrimsAtOnce = 2;

    private int _trims;

    /// <summary>Where sessions last.</summary>
    public ISessionStore Store { get; } = store;

    /// <summary>What all sessions have in common.</summary>
    public SessionSettings Settings { get; } = settings;

    /// <summary>How hosts use memory and the store.</summary>
    public HostPolicy Policy { get; } = policy;

    public TimeProvider Time { get; } = time;

    /// <summary>The same, for what may not end early.</summary>
    public ExpiryClock Clock { get; } = new(time);

    /// <summary>What waits in all hosts.</summary>
    public CommandBacklog Backlog { get; } = new(policy);

    /// <summary>Called once, outside the lock, when a host has closed.</summary>
    public required Action<SessionHost> Closed { get; init; }

    /// <summary>
    /// Called outside the lock and any await when a host's stored expiry should be put off;
    /// <see cref="SessionHost.TryTakeExpiry"/> then tells to when.
    /// </summary>
    public required Action<SessionHost> TouchDue { get; init; }

    /// <summary>Called outside the lock when somebody has begun to listen to a host.</summary>
    public required Action<SessionHost> Watched { get; init; }

    /// <summary>Told of each commit, checkpoint or trim that failed. Checkpoints and trims are tried again later.</summary>
    public required Action<SessionKey, Exception> StoreFailed { get; init; }

    /// <summary>Whether one more session may be trimmed now; then <see cref="EndTrim"/> must follow.</summary>
    public bool TryBeginTrim()
    {
        if (Interlocked.Increment(ref _trims) <= TrimsAtOnce)
        {
            return true;
        }

        EndTrim();
        return false;
    }

    public void EndTrim() => Interlocked.Decrement(ref _trims);
}
