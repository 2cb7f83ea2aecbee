namespace Snakepit.Storage;

/// <summary>Where the calculator's running calculations last.</summary>
/// <remarks>
/// Every method may be called from any thread. A method that writes completes when what it wrote is
/// durable. Two writers of one calculation must agree between themselves who goes first: the store
/// keeps what it is given last.
/// </remarks>
public interface ICalculationStore
{
    /// <summary>The calculation of that token, expired or not; null if there is none.</summary>
    ValueTask<StoredCalculation?> FindAsync(string token, CancellationToken cancellation);

    /// <summary>Inserts the calculation or replaces the one of the same token.</summary>
    ValueTask SaveAsync(StoredCalculation calculation);

    /// <summary>Removes a calculation. False if there was none.</summary>
    ValueTask<bool> DeleteAsync(string token);

    /// <summary>Calculations whose expiry is at or before <paramref name="now"/>, soonest first.</summary>
    ValueTask<IReadOnlyList<StoredCalculation>> ListExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellation);

    /// <summary>The number of calculations stored. Cheap: does not count.</summary>
    long Count { get; }
}

/// <summary>A calculation in progress.</summary>
/// <param name="Token">What its client calls it.</param>
/// <param name="Value">The result so far; any double, NaN and −0 included, comes back bit for bit.</param>
/// <param name="ExpiresAt">When it ends unless it is used before; kept to the microsecond.</param>
public sealed record StoredCalculation(string Token, double Value, DateTimeOffset ExpiresAt);
