using System.Diagnostics;
using Google.Protobuf;
using Snakepit.Sessions;

namespace Snakepit.Storage.Hosting;

/// <summary>Something that waits for its turn in a session: a command, which then waits for its commit, too.</summary>
internal sealed class PendingCommand : TaskCompletionSource<Outcome<IMessage>>
{
    public PendingCommand(SessionCommand command)
        : base(TaskCreationOptions.RunContinuationsAsynchronously) =>
        (Command, Bytes) = (command, command.Request.CalculateSize() + (command.Target?.Value.Size ?? 0));

    public PendingCommand(PendingPurpose purpose)
        : base(TaskCreationOptions.RunContinuationsAsynchronously) =>
        Purpose = purpose;

    /// <summary>The command; null = what <see cref="Purpose"/> says, alone.</summary>
    public SessionCommand? Command { get; }

    public PendingPurpose Purpose { get; }

    /// <summary>The call that it is of; null = none that anyone follows.</summary>
    public Activity? Cause { get; } = StorageTracing.Cause;

    /// <summary>Of its request, and of the value that it goes back to.</summary>
    public int Bytes { get; }

    /// <summary>What it will be answered once the commit it is part of is stored.</summary>
    public Outcome<IMessage> Reply { get; set; }
}

internal enum PendingPurpose
{
    /// <summary>Run the command.</summary>
    Command,

    /// <summary>End the session.</summary>
    End,

    /// <summary>End the session, unless it was used in the meantime.</summary>
    EndIfExpired,

    /// <summary>Store what only memory has, and close.</summary>
    Leave,
}
