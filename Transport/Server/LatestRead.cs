using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Connections;

namespace Snakepit.Transport;

/// <summary>
/// When a connection was last read from: the arrival of the calls that the read has brought. One look at the clock for all of
/// them, where each by itself would look when its turn comes.
/// </summary>
/// <remarks>
/// A read that has to wait is awaited through this object itself, as a reader has one at a time: an asynchronous method
/// between would cost more than the look at the clock.
/// </remarks>
internal sealed class LatestRead : PipeReader, IValueTaskSource<ReadResult>
{
    private readonly PipeReader _input;
    private readonly TimeProvider _time;
    private readonly Action _continue;
    private long _timestamp;

    // The read that waits, and who waits for it.
    private ValueTask<ReadResult> _reading;
    private Action<object?>? _continuation;
    private object? _state;

    /// <param name="input">What is read.</param>
    /// <param name="time">The clock.</param>
    public LatestRead(PipeReader input, TimeProvider time)
    {
        _input = input;
        _time = time;
        _timestamp = time.GetTimestamp();
        _continue = Continue;
    }

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
        var reading = _input.ReadAsync(cancellationToken);
        if (reading.IsCompletedSuccessfully)
        {
            return new(Note(reading.Result));
        }

        _reading = reading;
        return new(this, token: 0);
    }

    public override bool TryRead(out ReadResult result)
    {
        var hasRead = _input.TryRead(out result);
        if (hasRead)
        {
            Note(result);
        }

        return hasRead;
    }

    public override void AdvanceTo(SequencePosition consumed) => _input.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _input.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => _input.CancelPendingRead();

    public override void Complete(Exception? exception = null) => _input.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => _input.CompleteAsync(exception);

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => Note(_reading.Result);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _reading switch
    {
        { IsCompletedSuccessfully: true } => ValueTaskSourceStatus.Succeeded,
        { IsCanceled: true } => ValueTaskSourceStatus.Canceled,
        { IsFaulted: true } => ValueTaskSourceStatus.Faulted,
        _ => ValueTaskSourceStatus.Pending,
    };

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        (_continuation, _state) = (continuation, state);
        var awaiter = _reading.ConfigureAwait(flags.HasFlag(ValueTaskSourceOnCompletedFlags.UseSchedulingContext)).GetAwaiter();
        if (flags.HasFlag(ValueTaskSourceOnCompletedFlags.FlowExecutionContext))
        {
            awaiter.OnCompleted(_continue);
        }
        else
        {
            awaiter.UnsafeOnCompleted(_continue);
        }
    }

    private void Continue()
    {
        // Whoever continues may wait for the next read before it returns.
        var (continuation, state) = (_continuation!, _state);
        (_continuation, _state) = (null, null);
        continuation(state);
    }

    private ReadResult Note(in ReadResult result)
    {
        Volatile.Write(ref _timestamp, _time.GetTimestamp());
        return result;
    }

    private sealed record Noted(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
