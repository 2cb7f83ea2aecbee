using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>
/// What can end a call before its handler does: its deadline, or that its caller's credentials hold no longer. Then the
/// caller gets its status at once and the handler is cancelled, whether or not it heeds that.
/// </summary>
internal sealed class CallDeadline(ServerCall call) : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _callerGone;
    private ITimer? _timer;

    /// <summary>Fires at that end, or when the caller has gone before.</summary>
    public CancellationToken Token => _cancellation.Token;

    /// <summary>Completes when a call that ended so needs its HTTP stream no more.</summary>
    public Task Sent => _sent.Task;

    /// <param name="clock">The clock of the deadline.</param>
    /// <param name="timeout">Until the deadline; null = there is none.</param>
    public void Start(TimeProvider clock, TimeSpan? timeout)
    {
        _callerGone = call.Http.Lifetime.RequestAborted.UnsafeRegister(static state => ((CallDeadline)state!).Cancel(), this);
        if (timeout <= GrpcTimeout.LongestEnforced)
        {
            using (ExecutionContext.SuppressFlow())
            {
                _timer = clock.CreateTimer(
                    static state => ((CallDeadline)state!).End(ServerCall.DeadlineExceeded), this, timeout.Value, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>
    /// The call's status is settled. A timer that fires all the same finds that out and does nothing. The
    /// handler may still hold the token, so its source is left to the collector.
    /// </summary>
    public void Dispose()
    {
        _callerGone.Unregister();
        _timer?.Dispose();
    }

    /// <summary>Ends the call now, unless it has ended.</summary>
    public void End(RpcStatus status) => _ = EndAsync(status);

    private async Task EndAsync(RpcStatus status)
    {
        try
        {
            if (call.TryEndEarly(status, out var sent))
            {
                Cancel();
                call.CancelPendingRead();
                await sent;
            }
        }
        finally
        {
            _sent.TrySetResult();
        }
    }

    private void Cancel()
    {
        try
        {
            _cancellation.Cancel();
        }
        catch (AggregateException failed)
        {
            call.LogCallbackFailure(failed);
        }
    }
}
