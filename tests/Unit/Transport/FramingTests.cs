using System.Buffers;
using System.IO.Pipelines;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Rpc;
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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Several_messages_at_once_are_the_same_bytes_as_one_after_the_other(bool gzip)
    {
        // Around what is left of a block of 4 KiB, and of what is worth compressing.
        // With its prefix of 5, and one of 6 bytes before it, one of 4,085 fills a block.
        int[] sizes = [1, 4_084, 1, 4_085, 1, 4_086, 1, 4_080, 0, 0, 700, 1_024, 1_025, 5_000, 300, 300, 300, 3_000, 20_000, 0];
        var random = new Random(1);
        var messages = sizes.Select(size => new Encoded(RandomBytes(random, size))).ToList();
        var (together, apart) = (new Pipe(), new Pipe());

        Framing.WriteMessages(together.Writer, messages.ToArray(), gzip);
        messages.ForEach(message => Framing.WriteMessage(apart.Writer, message.Bytes.Span, gzip));

        Assert.Equal(await WrittenAsync(apart), await WrittenAsync(together));
    }

    [Fact]
    public void Small_messages_share_the_room_that_one_is_given()
    {
        var output = new CountedOutput();
        Framing.WriteMessages(output, [.. Enumerable.Repeat(new Encoded(ByteString.CopyFrom(new byte[300])), 40)], gzip: false);

        // Of 4,096 bytes a frame of 305 takes room 13 times.
        Assert.Equal(4, output.Asked);
        Assert.Equal(40 * 305, output.Written);
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

    private static ByteString RandomBytes(Random random, int size)
    {
        var bytes = new byte[size];
        random.NextBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }

    private static async Task<byte[]> WrittenAsync(Pipe pipe)
    {
        await pipe.Writer.CompleteAsync();
        var read = await pipe.Reader.ReadAtLeastAsync(int.MaxValue);
        return read.Buffer.ToArray();
    }

    private sealed record Encoded(ByteString Bytes) : IEncodedMessage
    {
        ByteString IEncodedMessage.Encoded => Bytes;
    }

    private sealed class CountedOutput : IBufferWriter<byte>
    {
        public int Asked { get; private set; }

        public int Written { get; private set; }

        public void Advance(int count) => Written += count;

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            Asked++;
            return new byte[4_096];
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
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
