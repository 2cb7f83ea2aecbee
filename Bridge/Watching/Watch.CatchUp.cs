using System.Runtime.InteropServices;
using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Storage;

namespace Snakepit.Bridge.Watching;

/// <summary>The way of a watch that has fallen out of its feed's ring: by the log, or by a snapshot where that ends.</summary>
internal sealed partial class Watch
{
    /// <summary>Sends one page of the log behind the cursor; a status if the watch cannot go on.</summary>
    private async ValueTask<RpcStatus?> CatchUpAsync()
    {
        var known = Feed!.Newest;
        var (page, hasEnded, failed) = await ReadLogAsync().ConfigureAwait(false);
        if (page is null)
        {
            return failed;
        }

        if (Watcher.Cursor < page.Floor)
        {
            return await ResyncAsync().ConfigureAwait(false);
        }

        var matching = new List<LoggedUpdate>();
        var upTo = page.Commits.Count == 0 ? page.LastRevision : Watcher.Cursor;
        foreach (var commit in page.Commits)
        {
            // The log has a commit before its owner shows it, and whoever has seen a change should find it in what is read next.
            // In a cluster the feed may have heard of it from the log itself.
            if (!hasEnded && commit.LastRevision - commit.Changes.Count >= known)
            {
                break;
            }

            foreach (var change in commit.Changes)
            {
                var update = Storage.Hosting.StoredUpdates.ToLogged(change);
                if (update.Revision > Watcher.Cursor && Watcher.Selects(update))
                {
                    matching.Add(update);
                }
            }

            upTo = commit.LastRevision;
        }

        Watcher.Cursor = Math.Max(Watcher.Cursor, upTo);
        Write(CollectionsMarshal.AsSpan(matching));
        Flush(Watcher.Cursor);

        // Nothing comes behind the last of an ended session, whether or not the feed has heard of the end.
        return hasEnded && page.Commits.Count == 0 ? SessionEnded() : null;
    }

    private async ValueTask<(LogPage? Page, bool HasEnded, RpcStatus Failed)> ReadLogAsync()
    {
        var since = _time.GetTimestamp();
        while (true)
        {
            try
            {
                var page = await _sessions
                    .ReadLogAsync(Key, Watcher.Cursor, _settings.BatchBytes, Cancellation)
                    .ConfigureAwait(false);
                BridgeMetrics.ReadLogPage();
                if (page is null || UnixTime.ToMicroseconds(page.CreatedAt) != _createdAt)
                {
                    return (await ReadEndedLogAsync().ConfigureAwait(false), true, SessionEnded());
                }

                if (LeadsOn(page))
                {
                    return (page, false, SessionEnded());
                }
            }
            catch (StoreException)
            {
                // Perhaps the next read succeeds.
            }

            if (_time.GetElapsedTime(since) >= _settings.LogPatience)
            {
                return (null, false, LogUnreachable());
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), _time, Cancellation).ConfigureAwait(false);
        }
    }

    // A watcher reads because it was told of more. A store that does not have that, as one that was put back to an
    // earlier state, must not be asked for it without a pause.
    private bool LeadsOn(LogPage page) => page.LastRevision > Watcher.Cursor || page.Floor > Watcher.Cursor;

    // The session has ended, though its name may stand for another: what it had is still there for a while.
    private ValueTask<LogPage?> ReadEndedLogAsync() => _sessions.ReadEndedLogAsync(
        Key, UnixTime.FromMicroseconds(_createdAt), Watcher.Cursor, _settings.BatchBytes, Cancellation);

    // The log no longer reaches back to the cursor: the present values take the place of what is missing.
    private async ValueTask<RpcStatus?> ResyncAsync()
    {
        var request = new WatchVariablesRequest { SessionId = Key.SessionId, FromRevision = -1 };
        var start = await _sessions.CallAsync(Key, request, Watcher.Requester, Cancellation).ConfigureAwait(false);
        if (start.IsRefused)
        {
            return start.Refusal.Kind == RefusalKind.NotFound ? SessionEnded() : start.Refusal.ToStatus();
        }

        // The log of a session made again under the name begins above all that the one before had: it leads here.
        var snapshot = (WatchStart)start.Value;
        if (snapshot.CreatedAt != _createdAt)
        {
            return SessionEnded();
        }

        if (_window is { IsOpen: true })
        {
            FlushWindow();
            await _output.FlushedAsync().ConfigureAwait(false);
        }

        await SendSnapshotAsync(snapshot, SelectsInitial).ConfigureAwait(false);
        Watcher.Hide(snapshot.Hidden, snapshot.HiddenUntil);
        Watcher.Cursor = snapshot.Revision;
        return null;
    }

    private bool SelectsInitial(ByteString encoded)
    {
        var variable = VariableUpdate.Parser.ParseFrom(encoded).Variable;
        return Watcher.Selection!.Matches(variable.Id, variable.Name);
    }
}
