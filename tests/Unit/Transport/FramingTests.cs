using System.Buffers;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Transport;
using static Snakepit.Tests.Unit.Transport.EchoServer;

namespace Snakepit.Tests.Unit.Transport;

public sealed class FramingTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_large_message_is_written_even_where_a_buffer_of_any_size_is_empty(bool gzip)
    {
        var output = new AbortedOutput();

        Framing.WriteMessage(output, new StringValue { Value = new string('x', 100_000) }, gzip);
        Framing.WriteMessage(output, new byte[100_000], gzip);

        Assert.Equal(2, output.Frames);
    }

    [Fact]
    public async Task The_headers_of_a_duplex_call_are_sent_before_its_first_request()
    {
        using var requests = new DuplexContent(gzip: false);
        using var body = new WatchedStream();

        var sent = requests.CopyToAsync(body, TestContext.Current.CancellationToken);
        await body.Flushed.Task.WaitAsync(Soon, TestContext.Current.CancellationToken);
        requests.Complete();
        await sent.WaitAsync(Soon, TestContext.Current.CancellationToken);

        Assert.Equal(0, body.Length);
    }

    /// <summary>Gives what is asked for and nothing to who asks for no size, as Kestrel's does after an abort.</summary>
    private sealed class AbortedOutput : IBufferWriter<byte>
    {
        public int Frames { get; private set; }

        public void Advance(int count) => Frames++;

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            Assert.True(sizeHint > 0, "asked for a buffer of any size");
            return new byte[sizeHint];
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }

    private sealed class WatchedStream : MemoryStream
    {
        public TaskCompletionSource Flushed { get; } = new();

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            Flushed.TrySetResult();
            return Task.CompletedTask;
        }
    }
}
