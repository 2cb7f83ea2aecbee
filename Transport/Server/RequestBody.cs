using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>Reads a call's messages as they arrive. What is not yet whole waits in Kestrel's buffer, and is counted for the call.</summary>
internal readonly struct RequestBody(PipeReader reader, MessageDecoder decoder, ServerCall? call = null)
{
    /// <summary>
    /// Reads the one message of a call if all of the body is here; false = not yet. Call
    /// <see cref="ReadSingleAsync"/> then, with what <paramref name="message"/> has become.
    /// </summary>
    public bool TryReadSingle<T>(MessageParser<T> parser, ref T? message)
        where T : class, IMessage<T> =>
        TryRead(out var read) && TakeSingle(read, parser, ref message);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<T> ReadSingleAsync<T>(MessageParser<T> parser, T? message)
        where T : class, IMessage<T>
    {
        while (!TakeSingle(await ReadAsync(CancellationToken.None), parser, ref message))
        {
        }

        return message!;
    }

    /// <summary>The next message of a stream; null = the caller has sent its last.</summary>
    public ValueTask<T?> ReadNextAsync<T>(MessageParser<T> parser, CancellationToken cancellation)
        where T : class, IMessage<T>
    {
        cancellation.ThrowIfCancellationRequested();
        return TryRead(out var read) && TakeNext(read, parser, out var message)
            ? new ValueTask<T?>(message)
            : AwaitNextAsync(parser, cancellation);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<T?> AwaitNextAsync<T>(MessageParser<T> parser, CancellationToken cancellation)
        where T : class, IMessage<T>
    {
        T? message;
        while (!TakeNext(await ReadAsync(cancellation), parser, out message))
        {
        }

        return message;
    }

    private bool TryRead(out ReadResult read)
    {
        try
        {
            return reader.TryRead(out read);
        }
        catch (IOException broken)
        {
            throw new CallerGoneException(broken);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadAsync(cancellation);
        }
        catch (Exception broken) when (broken is IOException || IsAbort(broken, cancellation))
        {
            throw new CallerGoneException(broken);
        }
    }

    /// <summary>A caller that has reset its stream since the read is told of here.</summary>
    private void Advance(SequencePosition consumed, SequencePosition examined)
    {
        try
        {
            reader.AdvanceTo(consumed, examined);
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException)
        {
            throw new CallerGoneException(broken);
        }
    }

    private static bool IsAbort(Exception exception, CancellationToken cancellation) =>
        exception is OperationCanceledException && !cancellation.IsCancellationRequested;

    private bool TakeSingle<T>(in ReadResult read, MessageParser<T> parser, ref T? message)
        where T : class, IMessage<T>
    {
        var rest = read.Buffer;
        var consumed = rest.End;
        try
        {
            ThrowIfCanceled(read);
            if (message is null && decoder.TryDecode(ref rest, parser, out message))
            {
                call?.LetGoOfIncomplete();
            }

            if (message is not null && !rest.IsEmpty)
            {
                throw new RpcException(RpcCode.Internal, "more than one message in a call that takes one");
            }

            if (message is null && read.IsCompleted)
            {
                throw rest.IsEmpty ? new RpcException(RpcCode.Internal, "the call carries no message") : CutShort(rest.Length);
            }

            if (message is null && !rest.IsEmpty)
            {
                call?.HoldIncomplete(rest.Length);
            }

            consumed = rest.Start;
        }
        finally
        {
            Advance(consumed, read.Buffer.End);
        }

        return read.IsCompleted;
    }

    private bool TakeNext<T>(in ReadResult read, MessageParser<T> parser, out T? message)
        where T : class, IMessage<T>
    {
        var rest = read.Buffer;
        var consumed = rest.End;
        var examined = rest.End;
        try
        {
            ThrowIfCanceled(read);
            if (decoder.TryDecode(ref rest, parser, out message))
            {
                // What follows may be the next message: the next read must see it without waiting.
                examined = rest.Start;
                call?.LetGoOfIncomplete();
            }
            else if (!rest.IsEmpty)
            {
                if (read.IsCompleted)
                {
                    throw CutShort(rest.Length);
                }

                call?.HoldIncomplete(rest.Length);
            }

            consumed = rest.Start;
        }
        finally
        {
            Advance(consumed, examined);
        }

        return message is not null || read.IsCompleted;
    }

    private static void ThrowIfCanceled(in ReadResult read)
    {
        if (read.IsCanceled)
        {
            throw new OperationCanceledException("the call's deadline has passed");
        }
    }

    private static RpcException CutShort(long received) =>
        new(RpcCode.Internal, $"the last message is cut short: the body ends {received} bytes into it");
}
