namespace Snakepit.Sidecar.Workers;

/// <summary>A call that waits for a worker. All but the result is read and written under the lock of the turns.</summary>
internal sealed class Waiter(long arrival, string session) : IComparable<Waiter>
{
    private readonly TaskCompletionSource<Turn> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Session { get; } = session;

    /// <summary>The queue it stands in; null = it was called or sent away.</summary>
    public SortedSet<Waiter>? Queue { get; set; }

    public Task<Turn> Result => _result.Task;

    private long Arrival { get; } = arrival;

    /// <summary>Who came first is called first.</summary>
    public int CompareTo(Waiter? other) => Arrival.CompareTo(other?.Arrival ?? long.MaxValue);

    public void Call(Turn turn) => _result.SetResult(turn);

    public void SendAway(Exception reason) => _result.SetException(reason);
}
