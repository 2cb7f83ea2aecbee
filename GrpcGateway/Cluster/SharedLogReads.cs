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
    private readonly ConcurrentDictionary<Piece, Lazy<Task<LogPage?>>> _underWay = new();

    /// <param name="key">The session's name.</param>
    /// <param name="endedOne">When the session was made, of those that have ended under that name; null = the one that is there now.</param>
    /// <param name="afterRevision">Where the piece begins.</param>
    /// <param name="maxBytes">How long it is.</param>
    /// <param name="cancellation">Ends the wait, not the reading.</param>
    public async ValueTask<LogPage?> ReadAsync(
        SessionKey key, DateTimeOffset? endedOne, long afterRevision, int maxBytes, CancellationToken cancellation)
    {
        var piece = new Piece(key, endedOne, afterRevision, maxBytes);
        var reading = _underWay.GetOrAdd(piece, piece => new Lazy<Task<LogPage?>>(() => ReadAsync(piece)));
        return await reading.Value.WaitAsync(cancellation).ConfigureAwait(false);
    }

    // Not cancelled by the one who happened to be the first.
    private async Task<LogPage?> ReadAsync(Piece piece)
    {
        await Task.Yield();
        try
        {
            var reading = piece.EndedOne is { } createdAt
                ? store.ReadEndedLogAsync(piece.Key, createdAt, piece.After, piece.MaxBytes, CancellationToken.None)
                : store.ReadLogAsync(piece.Key, piece.After, piece.MaxBytes, CancellationToken.None);
            return await reading.ConfigureAwait(false);
        }
        finally
        {
            _underWay.TryRemove(piece, out _);
        }
    }

    private readonly record struct Piece(SessionKey Key, DateTimeOffset? EndedOne, long After, int MaxBytes);
}
