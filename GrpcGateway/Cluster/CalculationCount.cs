namespace Snakepit.GrpcGateway.Cluster;

/// <summary>
/// How many calculations there are, for their limit. Counted in the store at most once a second while far from the
/// limit, and each time near it; in between this gateway's own count. So gateways together may pass the limit by
/// what they open in a second at the most.
/// </summary>
/// <param name="countAsync">Counts those stored, as far as the given number.</param>
/// <param name="time">The clock.</param>
internal sealed class CalculationCount(Func<int, CancellationToken, ValueTask<int>> countAsync, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private int _count = int.MaxValue;
    private long _countedAt;
    private int _opening;

    /// <summary>Whether one more may be opened; then what became of it must be told: <see cref="EndOpening"/>.</summary>
    public async ValueTask<bool> TryBeginOpeningAsync(int limit, CancellationToken cancellation)
    {
        var mayOpen = false;
        lock (_gate)
        {
            // Those that are being opened are not stored yet, or may not be.
            _opening++;
            var isFar = _count < limit - (limit / 10) - 1;
            if (isFar && time.GetElapsedTime(_countedAt) < Fresh)
            {
                _count++;
                return true;
            }
        }

        try
        {
            var stored = await countAsync(limit, cancellation).ConfigureAwait(false);
            lock (_gate)
            {
                _countedAt = time.GetTimestamp();
                _count = stored + _opening;
                return mayOpen = _count <= limit;
            }
        }
        finally
        {
            if (!mayOpen)
            {
                EndOpening(isOpen: false);
            }
        }
    }

    /// <summary>One that was being opened is stored, or came to nothing.</summary>
    public void EndOpening(bool isOpen)
    {
        lock (_gate)
        {
            _opening--;
            _count -= isOpen ? 0 : 1;
        }
    }

    /// <summary>One has ended.</summary>
    public void Remove()
    {
        lock (_gate)
        {
            _count--;
        }
    }
}
