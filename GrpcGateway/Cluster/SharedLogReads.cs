using System.Collections.Concurrent;
using Snakepit.Sessions;
using Snakepit.Storage;

namespace Snakepit.GrpcGateway.Cluster;

/// <summary>
/// Reads of the log, shared by those who ask for the same piece at the same time: all watchers of a session fall
/// behind together when an announcement is lost.
/// </summary>
internal sealed class SharedLogReads(ISessionStore store)
{
    private readonly ConcurrentDictionary<(SessionKey Key, long After, int MaxBytes), Lazy<Task<LogPage?>>> _underWay = new();

    public async ValueTask<LogPage?> ReadAsync(SessionKey key, long afterRevision, int maxBytes, CancellationToken cancellation)
    {
        var piece = (key, afterRevision, maxBytes);
        var reading = _underWay.GetOrAdd(piece, piece => new Lazy<Task<LogPage?>>(() => ReadAsync(piece)));
        return await reading.Value.WaitAsync(cancellation).ConfigureAwait(false);
    }

    // Not cancelled by the one who happened to be the first.
    private async Task<LogPage?> ReadAsync((SessionKey Key, long After, int MaxBytes) piece)
    {
        await Task.Yield();
        try
        {
            return await store.ReadLogAsync(piece.Key, piece.After, piece.MaxBytes, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _underWay.TryRemove(piece, out _);
        }
    }
}
