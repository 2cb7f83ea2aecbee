namespace Snakepit.Grains;

/// <summary>What is stored of calculations, as a sweep asks for it.</summary>
public interface IUnusedCalculations
{
    /// <summary>Tokens of calculations that were not stored since a time, the oldest first.</summary>
    ValueTask<IReadOnlyList<string>> ListAsync(DateTimeOffset unusedSince, int limit, CancellationToken cancellation);
}
