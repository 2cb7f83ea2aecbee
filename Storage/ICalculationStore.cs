namespace Snakepit.Storage;

/// <summary>
/// Where the calculator's calculations last. Every method may be called from any thread; the caller sees
/// to it that no two calls that write concern the same token at once. A method that writes completes when
/// what it wrote is durable, or throws <see cref="StoreException"/>.
/// </summary>
public interface ICalculationStore
{
    /// <summary>The calculation as last stored, expired or not; null if there is none.</summary>
    ValueTask<StoredCalculation?> FindAsync(string token, CancellationToken cancellation);

    /// <summary>Stores the calculation in place of what its token had. Any double comes back as it was, NaN and −0 too.</summary>
    ValueTask SaveAsync(StoredCalculation calculation);

    /// <summary>Removes the calculation; no effect if there is none.</summary>
    ValueTask DeleteAsync(string token);

    /// <summary>Tokens of calculations whose expiry is at or before <paramref name="now"/>, soonest first.</summary>
    ValueTask<IReadOnlyList<string>> ListExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellation);

    /// <summary>The number of calculations stored. Cheap: does not count.</summary>
    long CalculationCount { get; }
}

/// <summary>A calculation at rest.</summary>
/// <param name="Token">What its clients call it by.</param>
/// <param name="Value">The result so far.</param>
/// <param name="ExpiresAt">When it ends unless it is used before.</param>
public sealed record StoredCalculation(string Token, double Value, DateTimeOffset ExpiresAt);
