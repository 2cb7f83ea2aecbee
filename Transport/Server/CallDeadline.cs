namespace Snakepit.Transport;

/// <summary>
/// The running deadline of a call: when it passes, the caller gets its status at once and the handler is
/// cancelled, whether or not it heeds that.
/// </summary>
internal sealed class CallDeadline(ServerCall call) : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _callerGone;
    private ITimer? _timer;

    /// <summary>Fires at the deadline, or when the caller has gone before.</summary>
    public CancellationToken Token => _cancellation.Token;

    /// <summary>Completes when an expired call needs its HTTP stream no more.</summary>
    public Task Sent => _sent.Task;

    public void Start(TimeProvider clock, TimeSpan timeout)
    {
        _callerGone = call.Http.Lifetime.RequestAborted.UnsafeRegister(static state => ((CallDeadline)state!).Cancel(), this);
        if (timeout <= GrpcTimeout.LongestEnforced)
        {
            using (ExecutionContext.SuppressFlow())
            {
                _timer = clock.CreateTimer(static state => _ = ((CallDeadline)state!).ExpireAsync(), this, timeout, Timeout.InfiniteTimeSpan);
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

    private async Task ExpireAsync()
    {
        try
        {
            if (call.TryExpire(out var sent))
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
