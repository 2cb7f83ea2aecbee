using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Storage;
using Snakepit.Sessions;
using Snakepit.Sessions.Calculating;

namespace Snakepit.Grains;

/// <summary>
/// One calculation, in ordinary persistent state. Operations are reckoned as they come, and each is answered after
/// its result is stored. One that could not be stored has changed nothing that a later one sees, as the next
/// activation reads the state anew.
/// </summary>
[GrainType(CalculatorStorage.GrainType)]
[Reentrant]
internal sealed class CalculatorGrain(
    [PersistentState(CalculatorStorage.StateName, CalculatorStorage.Provider)] IPersistentState<CalculationState> stored,
    CalculatorPolicy policy,
    TimeProvider time,
    ILogger<CalculatorGrain> logger) : Grain, ICalculatorGrain
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    private ReckonedState _reckoned = null!;
    private IGrainTimer? _leaving;

    private string Token => Calculation.TokenOf(this.GetPrimaryKeyString());

    private bool HasExpired => _reckoned.State is { } state && state.LastUsed + policy.IdleTime <= time.GetUtcNow();

    private CalculationState? Open => HasExpired ? null : _reckoned.State;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _reckoned = new ReckonedState(stored, OnStoreFailed);
        return Task.CompletedTask;
    }

    public ValueTask<CalculationReply> CreateAsync(double value) => StoreAsync(value);

    public ValueTask<CalculationReply> AddAsync(double operand) => ApplyAsync(Arithmetic.Add, operand);

    public ValueTask<CalculationReply> SubtractAsync(double operand) => ApplyAsync(Arithmetic.Subtract, operand);

    public ValueTask<CalculationReply> MultiplyAsync(double operand) => ApplyAsync(Arithmetic.Multiply, operand);

    public ValueTask<CalculationReply> DivideAsync(double operand) => ApplyAsync(Arithmetic.Divide, operand);

    public async ValueTask<CalculationReply> EndAsync() => Open is { } ended
        ? Reply(await _reckoned.SetAsync(null), ended.Value)
        : await NotFoundAsync();

    public async ValueTask ExpireAsync()
    {
        if (HasExpired)
        {
            await _reckoned.SetAsync(null);
        }

        DeactivateOnIdle();
    }

    private async ValueTask<CalculationReply> ApplyAsync(Arithmetic operation, double operand)
    {
        if (Open is not { } open)
        {
            return await NotFoundAsync();
        }

        return Calculation.Check(operation, operand) is { } refusal
            ? CalculationReply.Of(refusal)
            : await StoreAsync(Calculation.Compute(open.Value, operation, operand));
    }

    private async ValueTask<CalculationReply> StoreAsync(double value) =>
        Reply(await _reckoned.SetAsync(new CalculationState { Value = value, LastUsed = time.GetUtcNow() }), value);

    private async ValueTask<CalculationReply> NotFoundAsync()
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

        // That it has ended is not true before it is stored.
        return CalculationReply.Of(await _reckoned.Stored ?? Calculation.NotFound(Token));
    }

    private static CalculationReply Reply(Refusal? refusal, double value) =>
        refusal is null ? new CalculationReply(value) : CalculationReply.Of(refusal);

    private void OnStoreFailed(Exception failure)
    {
        if (failure is not InconsistentStateException)
        {
            logger.CalculationStoreFailed(Token, failure);
        }

        DeactivateOnIdle();
    }
}
