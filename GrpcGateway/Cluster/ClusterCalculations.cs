using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Calculator;
using Snakepit.Grains;
using Snakepit.Sessions;
using Snakepit.Sessions.Calculating;
using Snakepit.Storage;

namespace Snakepit.GrpcGateway.Cluster;

/// <summary>
/// The calculations of a cluster. Nothing is asked twice: an operation that came to no answer may have been carried
/// out, and its caller is told so.
/// </summary>
internal sealed class ClusterCalculations(
    IGrainFactory grains, CalculationCount count, CalculatorLimits limits, ILogger<ClusterCalculations> logger) : ICalculations
{
    public async ValueTask<Outcome<CalculationResult>> CreateAsync(
        string tenant, double value, CancellationToken cancellation)
    {
        try
        {
            if (!await count.TryBeginOpeningAsync(limits.MaxCalculations, cancellation))
            {
                return Calculation.TooMany(limits.MaxCalculations);
            }
        }
        catch (StoreException failure)
        {
            logger.CalculationsUncounted(failure.Message);
            return Refusal.Unavailable($"The calculations could not be counted, none was opened: {failure.ForCaller}");
        }

        var isOpen = false;
        try
        {
            var created = await AskAsync(tenant, Calculation.NewToken(), grain => grain.CreateAsync(value), cancellation);
            isOpen = !created.IsRefused;
            return created;
        }
        finally
        {
            count.EndOpening(isOpen);
        }
    }

    public ValueTask<Outcome<CalculationResult>> ApplyAsync(
        string tenant, string token, Arithmetic operation, double operand, CancellationToken cancellation) =>
        AskAsync(
            tenant,
            token,
            grain => operation switch
            {
                Arithmetic.Add => grain.AddAsync(operand),
                Arithmetic.Subtract => grain.SubtractAsync(operand),
                Arithmetic.Multiply => grain.MultiplyAsync(operand),
                Arithmetic.Divide => grain.DivideAsync(operand),
                _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "No such operation."),
            },
            cancellation);

    public async ValueTask<Outcome<CalculationResult>> EndAsync(
        string tenant, string token, CancellationToken cancellation)
    {
        var ended = await AskAsync(tenant, token, grain => grain.EndAsync(), cancellation);
        if (!ended.IsRefused)
        {
            count.Remove();
        }

        return ended;
    }

    private async ValueTask<Outcome<CalculationResult>> AskAsync(
        string tenant, string token, Func<ICalculatorGrain, ValueTask<CalculationReply>> ask, CancellationToken cancellation)
    {
        if (!Calculation.IsToken(token))
        {
            return Calculation.NotFound(token);
        }

        try
        {
            var reply = await ask(grains.GetGrain<ICalculatorGrain>(Calculation.KeyOf(tenant, token))).AsTask().WaitAsync(cancellation);
            return reply.Refusal is { } refusal ? refusal : new CalculationResult(token, reply.Value);
        }
        catch (Exception failure) when (GrainCalls.IsTransient(failure))
        {
            logger.CalculationUnanswered(token, failure.Message);
            return Refusal.Unavailable("The cluster did not answer; the operation may have been carried out all the same");
        }
    }
}
