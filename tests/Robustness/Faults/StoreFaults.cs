using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Storage;

namespace Snakepit.Tests.Robustness.Faults;

/// <summary>Says that a commit is durable, and stores it some time later, if the process lives so long.</summary>
internal sealed class AcknowledgesBeforeItStores(ISessionStore inner) : StoreDecorator(inner)
{
    private readonly Queue<(SessionKey Key, Commit Commit)> _owed = new();
    private readonly Lock _gate = new();
    private const int Behind = 20;

    // The variables are made. However the writes of a load are grouped, there are more commits.
    private const int Honest = 20;

    public override async ValueTask<AppendResult> AppendAsync(SessionKey key, Commit commit)
    {
        if (commit.Number <= Honest)
        {
            return await base.AppendAsync(key, commit);
        }

        (SessionKey Key, Commit Commit)? due = null;
        lock (_gate)
        {
            _owed.Enqueue((key, commit));
            due = _owed.Count > Behind ? _owed.Dequeue() : null;
        }

        if (due is { } write)
        {
            await base.AppendAsync(write.Key, write.Commit);
        }

        return AppendResult.Stored;
    }
}

/// <summary>Leaves the last change of every fifth larger commit out, and says that it has it.</summary>
internal sealed class StoresHalfACommit(ISessionStore inner) : StoreDecorator(inner)
{
    private int _larger;

    public override ValueTask<AppendResult> AppendAsync(SessionKey key, Commit commit)
    {
        if (commit.Record.Changes.Count < 2 || Interlocked.Increment(ref _larger) % 5 != 0)
        {
            return base.AppendAsync(key, commit);
        }

        var half = commit.Record.Clone();
        half.Changes.RemoveAt(half.Changes.Count - 1);
        return base.AppendAsync(key, commit with { Record = half, LastRevision = commit.LastRevision - 1 });
    }
}

/// <summary>Takes every commit, whatever it builds on: it is renumbered to follow the newest.</summary>
internal sealed class TakesWhatIsFencedOff(ISessionStore inner) : StoreDecorator(inner)
{
    public override async ValueTask<AppendResult> AppendAsync(SessionKey key, Commit commit)
    {
        while (true)
        {
            if (await base.AppendAsync(key, commit) == AppendResult.Stored)
            {
                return AppendResult.Stored;
            }

            if (commit.Number == 1 || (await Inner.ReadEndsAsync([key], default))[0] is not { } end)
            {
                return AppendResult.Fenced;
            }

            commit = Following(commit, end);
        }
    }

    private static Commit Following(Commit commit, LogEnd end)
    {
        var record = commit.Record.Clone();
        var revision = end.Revision;
        foreach (var change in record.Changes)
        {
            var update = VariableUpdate.Parser.ParseFrom(change.Update);
            update.Revision = update.Variable.Revision = ++revision;
            change.Update = update.ToByteString();
        }

        return commit with { Number = end.CommitNumber + 1, FirstRevision = end.Revision + 1, LastRevision = revision, Record = record };
    }
}

/// <summary>Tells of every session that it expires as if it had never been used since it was made.</summary>
internal sealed class ForgetsThatSessionsAreUsed(ISessionStore inner) : StoreDecorator(inner)
{
    public override ValueTask TouchAsync(IReadOnlyList<SessionExpiry> expiries) => ValueTask.CompletedTask;

    public override async ValueTask CheckpointAsync(SessionKey key, Checkpoint checkpoint)
    {
        var stored = await LoadAsync(key, default);
        await base.CheckpointAsync(key, checkpoint with { ExpiresAt = stored.ExpiresAt });
    }
}

/// <summary>Remembers nothing of sessions that have ended: each life of a name is kept apart from those before.</summary>
internal sealed class ForgetsEndedRevisions(ISessionStore inner) : StoreDecorator(inner)
{
    private readonly Dictionary<SessionKey, int> _lives = [];

    public override ValueTask<StoredSession> LoadAsync(SessionKey key, CancellationToken cancellation) =>
        base.LoadAsync(Life(key), cancellation);

    public override ValueTask<AppendResult> AppendAsync(SessionKey key, Commit commit) => base.AppendAsync(Life(key), commit);

    public override ValueTask CheckpointAsync(SessionKey key, Checkpoint checkpoint) => base.CheckpointAsync(Life(key), checkpoint);

    public override async ValueTask<AppendResult> DeleteAsync(
        SessionKey key, long lastCommit, long lastRevision, DateTimeOffset? expiredBy = null, DateTimeOffset? keepLogUntil = null)
    {
        var result = await base.DeleteAsync(Life(key), lastCommit, lastRevision, expiredBy, keepLogUntil);
        _lives[key] = _lives.GetValueOrDefault(key) + 1;
        return result;
    }

    private SessionKey Life(SessionKey key) => new($"life {_lives.GetValueOrDefault(key)}", key.SessionId);
}

/// <summary>Never lets go of what it was told.</summary>
internal sealed class KeepsEverythingInMemory(ISessionStore inner) : StoreDecorator(inner)
{
    private readonly List<byte[]> _kept = [];

    public override ValueTask<AppendResult> AppendAsync(SessionKey key, Commit commit)
    {
        lock (_kept)
        {
            _kept.Add(new byte[64 * 1024]);
        }

        return base.AppendAsync(key, commit);
    }
}
