using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;

namespace Snakepit.Transport;

/// <summary>
/// When a connection was last read from: the arrival of the calls that the read has brought. One look at the clock for all of
/// them, where each by itself would look when its turn comes.
/// </summary>
/// <param name="input">What is read.</param>
/// <param name="time">The clock.</param>
internal sealed class LatestRead(PipeReader input, TimeProvider time) : PipeReader
{
    private long _timestamp = time.GetTimestamp();

    /// <summary>Of the clock. Any thread may ask.</summary>
    public long Timestamp => Volatile.Read(ref _timestamp);

    /// <summary>Has the connections that come by here note it, for <see cref="HttpExchange.LatestRead"/>. Stands before encryption.</summary>
    public static Func<ConnectionDelegate, ConnectionDelegate> NotedBy(TimeProvider time) => next => async connection =>
    {
        var transport = connection.Transport;
        var latest = new LatestRead(transport.Input, time);
        connection.Features.Set(latest);
        connection.Transport = new Noted(latest, transport.Output);
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Transport = transport;
        }
    };

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var reading = input.ReadAsync(cancellationToken);
        return reading.IsCompletedSuccessfully ? new(Note(reading.Result)) : NoteAsync(reading);
    }

    public override bool TryRead(out ReadResult result)
    {
        var hasRead = input.TryRead(out result);
        if (hasRead)
        {
            Note(result);
        }

        return hasRead;
    }

    public override void AdvanceTo(SequencePosition consumed) => input.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => input.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => input.CancelPendingRead();

    public override void Complete(Exception? exception = null) => input.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => input.CompleteAsync(exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> NoteAsync(ValueTask<ReadResult> reading) => Note(await reading.ConfigureAwait(false));

    private ReadResult Note(in ReadResult result)
    {
        Volatile.Write(ref _timestamp, time.GetTimestamp());
        return result;
    }

    private sealed record Noted(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
