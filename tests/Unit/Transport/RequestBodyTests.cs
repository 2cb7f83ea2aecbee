using System.Buffers;
using System.IO.Pipelines;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Tests.Unit.Transport;

public sealed class RequestBodyTests
{
    /// <summary>A reset in mid-upload is no failure of the server's, wherever it is noticed.</summary>
    [Fact]
    public async Task A_caller_that_resets_between_a_read_and_its_end_has_gone()
    {
        var body = new RequestBody(new ResetPipe(), new MessageDecoder(1024, Encoding: null, RpcCode.InvalidArgument));
        StringValue? message = null;

        Assert.Throws<CallerGoneException>(() => body.TryReadSingle(StringValue.Parser, ref message));
        await Assert.ThrowsAsync<CallerGoneException>(() => body.ReadSingleAsync(StringValue.Parser, message).AsTask());
        await Assert.ThrowsAsync<CallerGoneException>(() => body.ReadNextAsync(StringValue.Parser, CancellationToken.None).AsTask());
    }

    /// <summary>Reads a part of a message, and fails when told how much of it was taken.</summary>
    private sealed class ResetPipe : PipeReader
    {
        private static readonly ReadResult Part = new(new ReadOnlySequence<byte>([0, 0]), isCanceled: false, isCompleted: false);

        public override bool TryRead(out ReadResult result)
        {
            result = Part;
            return true;
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => new(Part);

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
            throw new IOException("The client reset the request stream.");

        public override void CancelPendingRead()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }
    }
}
