using Orleans.Storage;
using Snakepit.Sessions;

namespace Snakepit.Grains;

/// <summary>
/// What a calculation has come to, which is ahead of what is stored of it: what comes while a write is under way goes
/// together with the next. One thread at a time.
/// </summary>
/// <param name="stored">What is stored.</param>
/// <param name="failed">Told of each write that failed: what is known here may differ from what is stored from then on.</param>
internal sealed class ReckonedState(IPersistentState<CalculationState> stored, Action<Exception> failed)
{
    private static readonly Refusal Moved = Refusal.Unavailable("the calculation has moved; nothing was changed");

    private static readonly Refusal Unknown =
        Refusal.Unavailable("The store did not answer; the operation may have been carried out all the same");

    // Whether the last write has yet to begin, and so will have what is set now.
    private bool _gathers;

    /// <summary>Null = there is no calculation.</summary>
    public CalculationState? State { get; private set; } = stored.RecordExists ? stored.State : null;

    /// <summary>
    /// Completes when all that has been set by now is stored, with null; with a refusal where that, or anything that it
    /// was reckoned on, could not be. Nothing can be stored behind that.
    /// </summary>
    public Task<Refusal?> Stored { get; private set; } = Task.FromResult<Refusal?>(null);

    /// <summary>Replaces the state; null ends the calculation. Completes as <see cref="Stored"/>.</summary>
    public Task<Refusal?> SetAsync(CalculationState? state)
    {
        State = state;
        if (!_gathers)
        {
            _gathers = true;
            Stored = WriteBehindAsync(Stored);
        }

        return Stored;
    }

    private async Task<Refusal?> WriteBehindAsync(Task<Refusal?> before)
    {
        var isStored = await before is null;
        _gathers = false;
        return isStored ? await WriteAsync() : Moved;
    }

    private async Task<Refusal?> WriteAsync()
    {
        try
        {
            if (State is not null)
            {
                stored.State = State;
                await stored.WriteStateAsync();
            }
            else if (stored.RecordExists)
            {
                await stored.ClearStateAsync();
            }

            return null;
        }
        catch (Exception failure)
        {
            failed(failure);
            return failure is InconsistentStateException ? Moved : Unknown;
        }
    }
}
