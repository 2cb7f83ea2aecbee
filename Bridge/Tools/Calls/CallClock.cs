using Snakepit.Protocol.Rpc;

namespace Snakepit.Bridge.Tools.Calls;

/// <summary>A call's time: fires at its deadline, or when its caller has gone before.</summary>
internal sealed class CallClock : IDisposable
{
    /// <summary>A host's clock that runs ahead by less than this is not the host's failure.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider _time;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _either;

    public CallClock(CallTerms terms, TimeProvider time, CancellationToken caller)
    {
        (Terms, _time, _caller) = (terms, time, caller);
        _deadline = new CancellationTokenSource(TimeLeft, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token, caller);
        Report = new CallReport(this);
    }

    public CallTerms Terms { get; }

    public CallReport Report { get; }

    public CancellationToken Token => _either.Token;

    public TimeSpan Elapsed => _time.GetElapsedTime(Terms.Began);

    public TimeSpan TimeLeft => Terms.Timeout > Elapsed ? Terms.Timeout - Elapsed : TimeSpan.Zero;

    /// <summary>The deadline came before the caller went.</summary>
    public bool HasPassed => _deadline.IsCancellationRequested && !_caller.IsCancellationRequested;

    public ToolRefusal Refusal => ToolRefusal.Of(
        RpcCode.DeadlineExceeded, $"the tool did not answer within {(long)Terms.Timeout.TotalMilliseconds} ms");

    /// <summary>The host has the same deadline, and may be the first to notice.</summary>
    public bool IsToBlameFor(RpcException failure) =>
        failure.Status.Code == RpcCode.DeadlineExceeded && TimeLeft < Slack;

    /// <summary>What is still going on is not worth waiting for. The deadline has not passed by that.</summary>
    public void GiveUp() => _either.Cancel();

    public void Dispose()
    {
        _either.Dispose();
        _deadline.Dispose();
    }
}
