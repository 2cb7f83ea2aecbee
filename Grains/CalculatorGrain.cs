using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Snakepit.Sessions;
using Snakepit.Sessions.Calculating;

namespace Snakepit.Grains;

/// <summary>
/// One calculation, in ordinary persistent state. An operation is answered after its result is stored; one that
/// could not be stored has changed nothing that a later one sees, as the state is read anew.
/// </summary>
[GrainType(CalculatorStorage.GrainType)]
internal sealed class CalculatorGrain(
    [PersistentState(CalculatorStorage.StateName, CalculatorStorage.Provider)] IPersistentState<CalculationState> stored,
    CalculatorPolicy policy,
    TimeProvider time,
    ILogger<CalculatorGrain> logger) : Grain, ICalculatorGrain
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    private IGrainTimer? _leaving;

    private string Token => Calculation.TokenOf(this.GetPrimaryKeyString());

    private bool IsOpen => stored.RecordExists && stored.State.LastUsed + policy.IdleTime > time.GetUtcNow();

    public ValueTask<CalculationReply> CreateAsync(double value) => StoreAsync(value);

    public ValueTask<CalculationReply> AddAsync(double operand) => ApplyAsync(Arithmetic.Add, operand);

    public ValueTask<CalculationReply> SubtractAsync(double operand) => ApplyAsync(Arithmetic.Subtract, operand);

    public ValueTask<CalculationReply> MultiplyAsync(double operand) => ApplyAsync(Arithmetic.Multiply, operand);

    public ValueTask<CalculationReply> DivideAsync(double operand) => ApplyAsync(Arithmetic.Divide, operand);

    public async ValueTask<CalculationReply> EndAsync()
    {
        if (!IsOpen)
        {
            return NotFound();
        }

        var value = stored.State.Value;
        return await TryStoreAsync(stored.ClearStateAsync) ?? new CalculationReply(value);
    }

    public async ValueTask ExpireAsync()
    {
        if (stored.RecordExists && !IsOpen)
        {
            await TryStoreAsync(stored.ClearStateAsync);
        }

        DeactivateOnIdle();
    }

    private async ValueTask<CalculationReply> ApplyAsync(Arithmetic operation, double operand)
    {
        if (!IsOpen)
        {
            return NotFound();
        }

        return Calculation.Check(operation, operand) is { } refusal
            ? CalculationReply.Of(refusal)
            : await StoreAsync(Calculation.Compute(stored.State.Value, operation, operand));
    }

    private async ValueTask<CalculationReply> StoreAsync(double value)
    {
        stored.State = new CalculationState { Value = value, LastUsed = time.GetUtcNow() };
        return await TryStoreAsync(stored.WriteStateAsync) ?? new CalculationReply(value);
    }

    private CalculationReply NotFound()
    {
        // Whoever asks for tokens that never were must not fill the silo's memory. Not at once: those who wait behind
        // this call would be sent on to a new activation, one by one, until they were refused.
        _leaving ??= this.RegisterGrainTimer(
            () =>
            {
                DeactivateOnIdle();
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions(Linger, Timeout.InfiniteTimeSpan));
        return CalculationReply.Of(Calculation.NotFound(Token));
    }

    /// <summary>Null where it was stored. Else the state here may differ from the stored one, so this activation ends.</summary>
    private async ValueTask<CalculationReply?> TryStoreAsync(Func<Task> store)
    {
        try
        {
            await store();
            return null;
        }
        catch (InconsistentStateException)
        {
            DeactivateOnIdle();
            return CalculationReply.Of(Refusal.Unavailable("the calculation has moved; nothing was changed"));
        }
        catch (Exception failure)
        {
            logger.CalculationStoreFailed(Token, failure);
            DeactivateOnIdle();
            return CalculationReply.Of(Refusal.Unavailable(
                "The store did not answer; the operation may have been carried out all the same"));
        }
    }
}
