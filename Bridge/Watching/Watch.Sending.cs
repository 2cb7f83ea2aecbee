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
        if (step != FeedStep.Updates)
        {
            return step;
        }

        Write(batch[..count]!);
        while (count == Batch.Size && _window is null && !_output.IsFull)
        {
            step = Feed.Take(Watcher, batch, out count);
            Write(batch[..count]!);
        }

        Flush(Watcher.Cursor);
        return step;
    }

    /// <summary>Writes what matched, or holds it back until its window closes.</summary>
    private void Write(ReadOnlySpan<LoggedUpdate> updates)
    {
        if (_window is null)
        {
            _output.Write(updates);
            return;
        }

        foreach (var update in updates)
        {
            _window.Add(update);
        }
    }

    /// <summary>Sends what was written: with it, and but for what is held back, everything up to a revision has been.</summary>
    private void Flush(long upTo)
    {
        if (_window is not { IsOpen: true })
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

    /// <summary>What is taken from the feed in one go.</summary>
    [InlineArray(Size)]
    private struct Batch
    {
        public const int Size = 64;

        private LoggedUpdate? _first;
    }
}
