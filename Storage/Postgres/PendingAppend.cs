using System.Diagnostics;
using Snakepit.Sessions;

namespace Snakepit.Storage.Postgres;

/// <summary>
/// A commit that waits to be stored. It is its own task, and never runs what waits for it on the loop that
/// stores it.
/// </summary>
internal sealed class PendingAppend(SessionKey key, EncodedCommit encoded)
    : TaskCompletionSource<AppendResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public SessionKey Key => key;

    public EncodedCommit Encoded => encoded;

    /// <summary>The call that it is of; null = none that anyone follows.</summary>
    public Activity? Cause { get; } = StorageTracing.Cause;

    public Commit Commit => encoded.Commit;

    public bool Creates => encoded.Commit.Number == 1;

    /// <summary>The session's internal key, where it is known; 0 = it is not stored. Set by the loop.</summary>
    public long Session { get; set; }

    /// <summary>The answer of the transaction that is at work. Given to the caller when that has ended.</summary>
    public AppendResult Result { get; set; }
}
