using System.Runtime.InteropServices;
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

    /// <summary>Everything that matches up to this revision was sent.</summary>
    public long SentRevision { get; set; }

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

    public void Write(List<LoggedUpdate> updates)
    {
        responses.Write(CollectionsMarshal.AsSpan(updates));
        foreach (var update in updates)
        {
            _unflushed += update.Encoded.Length;
        }

        _updates += updates.Count;
    }

    /// <summary>Sends what is written; then everything up to the revision was sent.</summary>
    public async ValueTask FlushAsync(long upTo)
    {
        if (_unflushed > 0)
        {
            await FlushAsync().ConfigureAwait(false);
        }

        SentRevision = upTo;
    }

    public ValueTask FlushIfFullAsync() => _unflushed >= settings.BatchBytes ? FlushAsync() : default;

    private async ValueTask FlushAsync()
    {
        BridgeMetrics.Delivered(_updates);
        (_unflushed, _updates) = (0, 0);
        var flushed = responses.FlushAsync(watcher.GivenUp);
        if (!flushed.IsCompletedSuccessfully)
        {
            Touch();
            watcher.IsFlushing = true;
            await flushed.ConfigureAwait(false);
            watcher.IsFlushing = false;
        }

        Touch();
    }

    private void Touch() => Volatile.Write(ref watcher.LastSent, WatchTicks.Now(time));
}
