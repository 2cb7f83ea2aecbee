using System.Threading.Channels;
using Google.Protobuf;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Tests.Unit.Support;

/// <summary>Takes what a handler sends. A message arrives with the flush after it, as on the wire.</summary>
public sealed class FakeResponses : IResponseStream
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly Channel<byte[]> _sent = Channel.CreateUnbounded<byte[]>();
    private readonly List<byte[]> _buffered = [];

    public bool Started { get; private set; }

    /// <summary>Messages that arrived and were not read yet.</summary>
    public int Unread => _sent.Reader.Count;

    public ValueTask StartAsync()
    {
        Started = true;
        return ValueTask.CompletedTask;
    }

    public void Write(ReadOnlySpan<byte> encoded) => _buffered.Add(encoded.ToArray());

    public void Write(IMessage message) => _buffered.Add(message.ToByteArray());

    /// <summary>Whether the client has not taken what was flushed.</summary>
    public Func<bool> Stalls { get; init; } = static () => false;

    public bool IsFlushing => Stalls();

    public void Flush()
    {
        Started = true;
        _buffered.ForEach(message => Assert.True(_sent.Writer.TryWrite(message)));
        _buffered.Clear();
    }

    public ValueTask FlushedAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return ValueTask.CompletedTask;
    }

    /// <summary>The next message, awaited.</summary>
    public async Task<T> NextAsync<T>(MessageParser<T> parser)
        where T : IMessage<T> =>
        parser.ParseFrom(await _sent.Reader.ReadAsync().AsTask().WaitAsync(Deadline));
}
