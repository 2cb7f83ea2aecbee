using Google.Protobuf;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Bridge.Watching;

/// <summary>A watch's way to its client: writes, flushes, and knows how far the client has come.</summary>
internal sealed class WatchOutput(Watcher watcher, WatchSettings settings, TimeProvider time)
{
    private readonly IResponseStream _responses = watcher.Responses;
    private int _unflushed;
    private int _updates;

    /// <summary>Everything that matches up to this revision was sent; whether the client has taken it is to be asked of its responses.</summary>
    public long SentRevision { get; private set; }

    /// <summary>Whether what is written is as much as should go out at once.</summary>
    public bool IsFull => _unflushed >= settings.BatchBytes;

    public ValueTask StartAsync() => _responses.StartAsync();

    public void Write(ByteString encoded)
    {
        _responses.Write(encoded.Span);
        _unflushed += encoded.Length;
        _updates++;
    }

    public void Write(EncodedNotice notice)
    {
        _responses.Write(notice);
        _unflushed += notice.CalculateSize();
        _updates++;
    }

    public void Write(ReadOnlySpan<LoggedUpdate> updates)
    {
        if (updates.IsEmpty)
        {
            return;
        }

        _responses.Write(updates);
        foreach (var update in updates)
        {
            _unflushed += update.Encoded.Length;
        }

        _updates += updates.Length;
    }

    /// <summary>Sends what is written, if anything is; with it everything that matches up to the revision has been sent.</summary>
    public void Flush(long upTo)
    {
        if (_unflushed > 0)
        {
            Flush();
        }

        SentRevision = upTo;
    }

    /// <summary>Waits until the client has taken what was sent. Nothing is written before.</summary>
    /// <exception cref="OperationCanceledException">The client has gone, or has taken nothing for too long.</exception>
    public ValueTask FlushedAsync() => _responses.FlushedAsync(watcher.GivenUp);

    public ValueTask FlushIfFullAsync()
    {
        if (!IsFull)
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
        _responses.Flush();
    }
}
