using System.Collections.Concurrent;
using Snakepit.Storage;

namespace Snakepit.Tests.Unit.Support;

/// <summary>A store in memory whose writes can be held up or made to fail.</summary>
public sealed class FakeCalculationStore : ICalculationStore
{
    private readonly ConcurrentDictionary<string, StoredCalculation> _stored = new();

    /// <summary>Thrown by every write from now on; null: they succeed.</summary>
    public StoreException? Failure { get; set; }

    /// <summary>Awaited by every write before it takes effect.</summary>
    public Task Barrier { get; set; } = Task.CompletedTask;

    /// <summary>Writes that have begun.</summary>
    public int WritesBegun { get; private set; }

    public long Count => _stored.Count;

    public ValueTask<StoredCalculation?> FindAsync(string token, CancellationToken cancellation) =>
        ValueTask.FromResult(_stored.GetValueOrDefault(token));

    public async ValueTask SaveAsync(StoredCalculation calculation)
    {
        await WriteAsync();
        _stored[calculation.Token] = calculation;
    }

    public async ValueTask<bool> DeleteAsync(string token)
    {
        await WriteAsync();
        return _stored.TryRemove(token, out _);
    }

    public ValueTask<IReadOnlyList<StoredCalculation>> ListExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<StoredCalculation>>(
        [
            .. _stored.Values.Where(one => one.ExpiresAt <= now).OrderBy(one => one.ExpiresAt).Take(limit),
        ]);

    private async Task WriteAsync()
    {
        WritesBegun++;
        await Barrier;
        if (Failure is not null)
        {
            throw Failure;
        }
    }
}
