namespace Snakepit.Storage.Memory;

/// <summary>Calculations that end with the process.</summary>
internal sealed class MemoryCalculations : ICalculationStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StoredCalculation> _calculations = [];
    private readonly SortedSet<(DateTimeOffset At, string Token)> _expiries =
        new(Comparer<(DateTimeOffset At, string Token)>.Create((one, other) =>
            one.At.CompareTo(other.At) is var order and not 0 ? order : string.CompareOrdinal(one.Token, other.Token)));

    public long Count
    {
        get
        {
            lock (_gate)
            {
                return _calculations.Count;
            }
        }
    }

    public ValueTask<StoredCalculation?> FindAsync(string token, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return new(_calculations.GetValueOrDefault(token));
        }
    }

    public ValueTask SaveAsync(StoredCalculation calculation)
    {
        lock (_gate)
        {
            Remove(calculation.Token);
            _calculations.Add(calculation.Token, calculation);
            _expiries.Add((calculation.ExpiresAt, calculation.Token));
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> DeleteAsync(string token)
    {
        lock (_gate)
        {
            return new(Remove(token));
        }
    }

    public ValueTask<IReadOnlyList<StoredCalculation>> ListExpiredAsync(
        DateTimeOffset now,
        int limit,
        CancellationToken cancellation)
    {
        lock (_gate)
        {
            return new([.. _expiries.TakeWhile(expiry => expiry.At <= now).Take(limit).Select(expiry => _calculations[expiry.Token])]);
        }
    }

    private bool Remove(string token)
    {
        var found = _calculations.Remove(token, out var calculation);
        if (found)
        {
            _expiries.Remove((calculation!.ExpiresAt, token));
        }

        return found;
    }
}
