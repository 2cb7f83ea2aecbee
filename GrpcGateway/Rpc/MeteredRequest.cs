using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Snakepit.Transport;
using GrpcException = Grpc.Core.RpcException;
using RpcException = Snakepit.Protocol.Rpc.RpcException;

namespace Snakepit.GrpcGateway.Rpc;

/// <summary>
/// The body of a request as Grpc.AspNetCore reads it: what it leaves of a message because the rest is not here yet is
/// counted for the call, and once that is too much the next read fails.
/// </summary>
/// <remarks>
/// It tells by what it says of a read: bytes that it has looked at and not taken are of a message that is not all there.
/// </remarks>
internal sealed class MeteredRequest(PipeReader body, ServerCall call) : PipeReader, IRequestBodyPipeFeature
{
    private ReadOnlySequence<byte> _read;
    private GrpcException? _refusal;

    public PipeReader Reader => this;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfRefused();
        var reading = body.ReadAsync(cancellationToken);
        return reading.IsCompletedSuccessfully ? new ValueTask<ReadResult>(Noted(reading.Result)) : AwaitAsync(reading);
    }

    public override bool TryRead(out ReadResult result)
    {
        ThrowIfRefused();
        var isThere = body.TryRead(out result);
        _read = isThere ? result.Buffer : default;
        return isThere;
    }

    /// <summary>What is left may be the next message, and whole.</summary>
    public override void AdvanceTo(SequencePosition consumed)
    {
        call.LetGoOfIncomplete();
        body.AdvanceTo(consumed);
    }

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (consumed.Equals(_read.End))
        {
            call.LetGoOfIncomplete();
        }
        else
        {
            try
            {
                call.HoldIncomplete(_read.Slice(consumed).Length);
            }
            catch (RpcException tooMuch)
            {
                // By the time it is read, the gate finds in it what was meant.
                _refusal = new GrpcException(new Status((StatusCode)(int)tooMuch.Status.Code, tooMuch.Status.Message, tooMuch));
                consumed = _read.End;
            }
        }

        body.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => body.CancelPendingRead();

    public override void Complete(Exception? exception = null) => body.Complete(exception);

    private void ThrowIfRefused()
    {
        if (_refusal is not null)
        {
            throw _refusal;
        }
    }

    private ReadResult Noted(ReadResult result)
    {
        _read = result.Buffer;
        return result;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> AwaitAsync(ValueTask<ReadResult> reading) => Noted(await reading);
}
