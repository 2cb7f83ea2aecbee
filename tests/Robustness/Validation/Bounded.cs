namespace Snakepit.Tests.Robustness.Validation;

/// <summary>Memory does not grow with what has passed.</summary>
internal sealed class Bounded : IValidator
{
    public IEnumerable<string> Violations(History history) =>
        from footprint in history.Footprints
        where footprint.After - footprint.Before > footprint.Bound
        select $"{footprint.What} grew from {footprint.Before >> 10} KiB to {footprint.After >> 10} KiB, more than {footprint.Bound >> 10} KiB";
}
