using Google.Protobuf;
using Snakepit.Sessions;

namespace Snakepit.Storage.Hosting;

/// <summary>A command that waits for its turn, and then for its commit.</summary>
/// <param name="command">The command; null = the session is to end.</param>
/// <param name="onlyIfExpired">For an end: give it up if the session was used in the meantime.</param>
internal sealed class PendingCommand(SessionCommand? command, bool onlyIfExpired = false)
    : TaskCompletionSource<Outcome<IMessage>>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public SessionCommand? Command { get; } = command;

    public bool OnlyIfExpired { get; } = onlyIfExpired;

    /// <summary>What it will be answered once the commit it is part of is stored.</summary>
    public Outcome<IMessage> Reply { get; set; }
}
