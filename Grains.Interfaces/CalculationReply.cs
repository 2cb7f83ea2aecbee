using Snakepit.Sessions;

namespace Snakepit.Grains;

/// <summary>A calculation's value, or why there is none.</summary>
/// <param name="Value">The value after the operation, in double precision.</param>
/// <param name="Refused">A <see cref="RefusalKind"/>; null where it was carried out.</param>
/// <param name="Reason">The words of a refusal.</param>
[GenerateSerializer]
[Immutable]
[Alias("snakepit.calculation-reply")]
public sealed record CalculationReply(
    [property: Id(0)] double Value,
    [property: Id(1)] int? Refused = null,
    [property: Id(2)] string Reason = "")
{
    public static CalculationReply Of(Refusal refusal) => new(0, (int)refusal.Kind, refusal.Message);

    /// <summary>Why there is no value; null where there is.</summary>
    public Refusal? Refusal => Refused is { } kind ? new Refusal((RefusalKind)kind, Reason) : null;
}
