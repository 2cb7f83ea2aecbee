using Microsoft.Extensions.Logging;
using Snakepit.Sessions;
using Snakepit.Sessions.Calculating;
using Snakepit.Storage;

namespace Snakepit.Bridge.Calculator;

/// <summary>
/// The calculations there are. The store is the only place that has them: an operation reads, computes and
/// stores, and answers when that is durable, so that one the store failed has changed nothing and an idle
/// calculation costs no memory. This object must be the store's only user.
/// </summary>
public sealed class Calculations(
    ICalculationStore store, CalculatorLimits limits, TimeProvider time, ILogger<Calculations> logger) : ICalculations
{
    /// <summary>Expired calculations looked up, and removed together, at a time.</summary>
    private const int SweepBatch = 256;

    private readonly ExpiryClock _clock = new(time);
    private readonly TokenTurns _turns = new();
    private int _opening;

    public async ValueTask<Outcome<CalculationResult>> CreateAsync(
        string tenant, double value, CancellationToken cancellation)
    {
        // Those still being stored count as open, else many at once would pass the limit together.
        int opening = Interlocked.Increment(ref _opening);
        try
        {
            return store.Count + opening > limits.MaxCalculations
                ? Calculation.TooMany(limits.MaxCalculations)
                : await SaveAsync(tenant, Calculation.NewToken(), value);
        }
        finally
        {
            Interlocked.Decrement(ref _opening);
        }
    }

    public ValueTask<Outcome<CalculationResult>> ApplyAsync(
        string tenant, string token, Arithmetic operation, double operand, CancellationToken cancellation) =>
        InTurnAsync(
            tenant,
            token,
            current => Calculation.Check(operation, operand) is { } refusal
                ? new(refusal)
                : SaveAsync(tenant, token, Calculation.Compute(current.Value, operation, operand)),
            cancellation);

    public ValueTask<Outcome<CalculationResult>> EndAsync(string tenant, string token, CancellationToken cancellation) =>
        InTurnAsync(
            tenant,
            token,
            async current =>
            {
                await store.DeleteAsync(current.Token);
                return new CalculationResult(token, current.Value);
            },
            cancellation);

    /// <summary>
    /// Removes what expired at or before <paramref name="now"/>; answers how many. The host calls it from time
    /// to time. A calculation used in the meantime stays.
    /// </summary>
    /// <exception cref="StoreException">Some may be left; the next sweep finds them.</exception>
    public async Task<int> SweepAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        int removed = 0;
        now = now < _clock.Earliest ? now : _clock.Earliest;
        IReadOnlyList<StoredCalculation> expired;
        do
        {
            expired = await store.ListExpiredAsync(now, SweepBatch, cancellation);
            bool[] gone = await Task.WhenAll(expired.Select(one => RemoveIfExpiredAsync(one.Token, now, cancellation)));
            removed += gone.Count(one => one);
        }
        while (expired.Count == SweepBatch);

        return removed;
    }

    private async Task<bool> RemoveIfExpiredAsync(string token, DateTimeOffset now, CancellationToken cancellation)
    {
        using TokenTurns.Turn turn = await _turns.WaitAsync(token, cancellation);
        return await store.FindAsync(token, cancellation) is { } found
            && found.ExpiresAt <= now
            && await store.DeleteAsync(token);
    }

    private async ValueTask<Outcome<CalculationResult>> InTurnAsync(
        string tenant,
        string token,
        Func<StoredCalculation, ValueTask<Outcome<CalculationResult>>> use,
        CancellationToken cancellation)
    {
        if (!Calculation.IsToken(token))
        {
            return Calculation.NotFound(token);
        }

        string key = Calculation.KeyOf(tenant, token);
        using TokenTurns.Turn turn = await _turns.WaitAsync(key, cancellation);
        try
        {
            // One that has expired is left to the sweep.
            return await store.FindAsync(key, cancellation) is { } found && found.ExpiresAt > _clock.Earliest
                ? await use(found)
                : Calculation.NotFound(token);
        }
        catch (StoreException failure)
        {
            return Unavailable(token, failure);
        }
    }

    private async ValueTask<Outcome<CalculationResult>> SaveAsync(string tenant, string token, double value)
    {
        StoredCalculation calculation = new(Calculation.KeyOf(tenant, token), value, _clock.Latest + limits.IdleTime);
        try
        {
            await store.SaveAsync(calculation);
            return new CalculationResult(token, value);
        }
        catch (StoreException failure)
        {
            return Unavailable(token, failure);
        }
    }

    /// <summary>The caller learns whether the value can have changed; the cause is the operator's.</summary>
    private Refusal Unavailable(string token, StoreException failure)
    {
        logger.CalculationStoreFailed(token, failure.OutcomeUnknown, failure.Message);
        return Refusal.Unavailable(failure.OutcomeUnknown
            ? "The store did not answer; the operation may have been carried out all the same"
            : "The store failed; nothing was changed");
    }
}
