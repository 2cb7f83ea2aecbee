using Google.Protobuf;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Bridge.Watching;

/// <summary>A watch's way to its client: writes, flushes, and knows how far the client has come.</summary>
internal sealed class WatchOutput(IResponseStream responses, Watcher watcher, WatchSettings settings, TimeProvider time)
{
    private int _unflushed;
    private int _updates;
    private long _flushedRevision;
    private long _takenRevision;

    /// <summary>Everything that matches up to this revision was sent, and the client has taken it.</summary>
    public long SentRevision => responses.IsFlushing ? _takenRevision : _flushedRevision;

    public ValueTask StartAsync() => responses.StartAsync();

    public void Write(ByteString encoded)
    {
        responses.Write(encoded.Span);
        _unflushed += encoded.Length;
        _updates++;
    }

    public void Write(EncodedNotice notice)
    {
        responses.Write(notice);
        _unflushed += notice.CalculateSize();
        _updates++;
    }

    public void Write(ReadOnlySpan<LoggedUpdate> updates)
    {
        responses.Write(updates);
        foreach (var update in updates)
        {
            _unflushed += update.Encoded.Length;
        }

        _updates += updates.Length;
    }

    /// <summary>Sends what is written, if anything is; with it everything that matches up to the revision has been sent.</summary>
    public void Flush(long upTo)
    {
        if (!responses.IsFlushing)
        {
            _takenRevision = _flushedRevision;
        }

        _flushedRevision = upTo;
        if (_unflushed > 0)
        {
            Flush();
        }
    }

    /// <summary>Waits until the client has taken what was sent. Nothing is written before.</summary>
    /// <exception cref="OperationCanceledException">The client has gone, or has taken nothing for too long.</exception>
    public ValueTask FlushedAsync() => responses.FlushedAsync(watcher.GivenUp);

    public ValueTask FlushIfFullAsync()
    {
        if (_unflushed < settings.BatchBytes)
        {
            return default;
        }

        Flush();
        return FlushedAsync();
    }

    private void Flush()
    {
        BridgeMetrics.Delivered(_updates);
        (_unflushed, _updates) = (0, 0);

        // Before: from now on it may be waiting for the client.
        Volatile.Write(ref watcher.LastSent, WatchTicks.Now(time));
        responses.Flush();
    }
}
