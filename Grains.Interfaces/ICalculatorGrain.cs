namespace Snakepit.Grains;

/// <summary>One calculation. Its key is the token that its client has. Refusals are data, never exceptions.</summary>
/// <remarks>An operation that failed with an exception may have been carried out; none may be sent twice.</remarks>
[Alias("snakepit.calculator")]
public interface ICalculatorGrain : IGrainWithStringKey
{
    /// <summary>Opens the calculation. Its token is fresh: nobody else can have opened it.</summary>
    [Alias("create")]
    ValueTask<CalculationReply> CreateAsync(double value);

    [Alias("add")]
    ValueTask<CalculationReply> AddAsync(double operand);

    [Alias("subtract")]
    ValueTask<CalculationReply> SubtractAsync(double operand);

    [Alias("multiply")]
    ValueTask<CalculationReply> MultiplyAsync(double operand);

    [Alias("divide")]
    ValueTask<CalculationReply> DivideAsync(double operand);

    /// <summary>Ends the calculation; answers what it came to.</summary>
    [Alias("end")]
    ValueTask<CalculationReply> EndAsync();

    /// <summary>Ends the calculation if it has expired.</summary>
    [Alias("expire")]
    ValueTask ExpireAsync();
}
