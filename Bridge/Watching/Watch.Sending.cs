using System.Runtime.CompilerServices;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Bridge.Watching;

/// <summary>
/// What a watch writes. It is sent at once and not waited for: the client has mostly taken it when there is more, and only where it
/// has not does the watch wait, before it writes again.
/// </summary>
internal sealed partial class Watch
{
    // A method of its own, as what is sent is on the stack: nothing of it is kept with each watcher.
    private FeedStep SendNext()
    {
        var batch = default(Batch);
        var step = Feed!.Take(Watcher, batch, out var count);
        if (step == FeedStep.Updates)
        {
            Send(batch[..count]!, Watcher.Cursor);
        }

        return step;
    }

    /// <summary>Sends what matched up to a revision, or holds it back until its window closes.</summary>
    private void Send(ReadOnlySpan<LoggedUpdate> updates, long upTo)
    {
        if (_window is null)
        {
            if (updates.Length > 0)
            {
                _output.Write(updates);
            }

            _output.Flush(upTo);
            return;
        }

        foreach (var update in updates)
        {
            _window.Add(update);
        }

        if (!_window.IsOpen)
        {
            _output.Flush(upTo);
        }
        else if (_window.Bytes > _settings.BatchBytes)
        {
            FlushWindow();
        }
    }

    private void FlushWindow()
    {
        foreach (var update in _window!.Close())
        {
            _output.Write(update);
        }

        _output.Flush(Watcher.Cursor);
    }

    private async ValueTask SendSnapshotAsync(WatchStart start, Func<ByteString, bool> selects)
    {
        if (!start.Snapshot)
        {
            _output.Flush(start.Revision);
            return;
        }

        if (start.Resync)
        {
            // No revision: who resumes from the last one seen must not take a snapshot half sent for whole.
            _output.Write(Notice(UpdateType.Resync, 0));
            BridgeMetrics.Resynced();
        }

        // Counted: the enumerator of a repeated field is an object.
        for (var n = 0; n < start.Initial.Count; n++)
        {
            if (selects(start.Initial[n]))
            {
                _output.Write(start.Initial[n]);
                await _output.FlushIfFullAsync().ConfigureAwait(false);
            }
        }

        _output.Write(Notice(UpdateType.Heartbeat, start.Revision));
        _output.Flush(start.Revision);
    }

    // The cursor was moved past all that did not match: everything up to it has been sent.
    private void SendHeartbeat()
    {
        var revision = Watcher.Cursor;
        _output.Write(Notice(UpdateType.Heartbeat, revision));
        _output.Flush(revision);
    }

    private EncodedNotice Notice(string updateType, long revision) => new()
    {
        UpdateType = updateType,
        Revision = revision,
        Timestamp = Timestamp.FromDateTimeOffset(_time.GetUtcNow()),
    };

    /// <summary>What goes to the client in one go.</summary>
    [InlineArray(64)]
    private struct Batch
    {
        private LoggedUpdate? _first;
    }
}
