using Snakepit.Sessions;
using Snakepit.Sessions.Calculating;

namespace Snakepit.Bridge.Calculator;

/// <summary>
/// The calculations there are, wherever they live: in this process, or in a cluster that it is a gateway of. A token is
/// known to the tenant that it was given to, and to nobody else.
/// </summary>
public interface ICalculations
{
    /// <summary>Opens a calculation under a token of its own.</summary>
    ValueTask<Outcome<CalculationResult>> CreateAsync(string tenant, double value, CancellationToken cancellation);

    /// <summary>Applies one operation. Refused: the value stays, and it does not count as a use.</summary>
    ValueTask<Outcome<CalculationResult>> ApplyAsync(
        string tenant, string token, Arithmetic operation, double operand, CancellationToken cancellation);

    /// <summary>Ends a calculation; answers what it came to.</summary>
    ValueTask<Outcome<CalculationResult>> EndAsync(string tenant, string token, CancellationToken cancellation);
}

/// <summary>What a calculation has come to, in double precision.</summary>
public sealed record CalculationResult(string Token, double Value);
