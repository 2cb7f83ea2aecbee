using Snakepit.Sessions;

namespace Snakepit.Storage.Hosting;

/// <summary>What the hosts of a directory have in common. There are many hosts: each has one reference to it.</summary>
internal sealed class HostContext(ISessionStore store, SessionSettings settings, HostPolicy policy, TimeProvider time)
{
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
}
