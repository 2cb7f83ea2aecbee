using System.Threading.Channels;
using Snakepit.Sessions;

namespace Snakepit.Storage.Postgres;

/// <summary>
/// Stores the commits of its share of the sessions. Whatever has gathered goes into one transaction; what
/// arrives meanwhile makes the next.
/// </summary>
internal sealed class AppendLoop : IAsyncDisposable
{
    // Bound how long the first commit of a transaction waits for the last.
    private const int MaxCommits = 1_000;
    private const long MaxWeight = 16 * 1024 * 1024;

    // As long as there are sessions with a commit under way, one of each; the store's callers see to that.
    private readonly Channel<PendingAppend> _arrived =
        Channel.CreateUnbounded<PendingAppend>(new UnboundedChannelOptions { SingleReader = true });

    private readonly AppendWriter _writer;
    private readonly Task _ended;

    // Of the loop: commits of sessions that the batch before had one of already.
    private Queue<PendingAppend> _deferred = [];

    public AppendLoop(AppendWriter writer)
    {
        _writer = writer;
        _ended = Task.Run(RunAsync);
    }

    /// <summary>Ends when the server has ended the transaction.</summary>
    /// <exception cref="StoreException">By way of the task: the commit was not stored, or that is not known.</exception>
    public Task<AppendResult> StoreAsync(SessionKey key, EncodedCommit encoded)
    {
        var append = new PendingAppend(key, encoded);
        if (!_arrived.Writer.TryWrite(append))
        {
            append.SetException(_writer.Closed());
        }

        return append.Task;
    }

    /// <summary>Refuses what comes from now on, finishes what is waiting, and closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _arrived.Writer.TryComplete();
        await _ended.ConfigureAwait(false);
        await _writer.DisposeAsync().ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        while (_deferred.Count > 0 || await _arrived.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            if (await StoreAsync(Take()).ConfigureAwait(false) is { } unreachable)
            {
                FailWaiting(unreachable);
            }
        }
    }

    private async Task<StoreException?> StoreAsync(List<PendingAppend> batch)
    {
        // The statements are all callers': in a trace they show up once.
        StorageTracing.WorkFor(batch.Find(static append => append.Cause is { Recorded: true })?.Cause);
        return await _writer.StoreAsync(batch).ConfigureAwait(false);
    }

    /// <summary>What fits into one transaction, one commit of a session at the most: the next builds on it.</summary>
    private List<PendingAppend> Take()
    {
        var batch = new List<PendingAppend>();
        var sessions = new HashSet<SessionKey>();
        var deferred = new Queue<PendingAppend>();
        var weight = 0L;
        while (batch.Count < MaxCommits && deferred.Count < MaxCommits && weight < MaxWeight && TryNext(out var append))
        {
            if (sessions.Add(append.Key))
            {
                batch.Add(append);
                weight += append.Encoded.Weight;
            }
            else
            {
                deferred.Enqueue(append);
            }
        }

        while (_deferred.TryDequeue(out var append))
        {
            deferred.Enqueue(append);
        }

        _deferred = deferred;
        return batch;
    }

    private bool TryNext(out PendingAppend append) => _deferred.TryDequeue(out append!) || _arrived.Reader.TryRead(out append!);

    // Each would wait as long as the one before to hear the same.
    private void FailWaiting(StoreException unreachable)
    {
        while (TryNext(out var append))
        {
            append.SetException(new StoreException(unreachable.Message, outcomeUnknown: false, unreachable.InnerException));
        }
    }
}
