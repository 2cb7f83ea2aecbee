namespace Snakepit.Tests.Robustness.Validation;

/// <summary>A session that was used within its time to live is there.</summary>
internal sealed class Alive : IValidator
{
    public IEnumerable<string> Violations(History history) =>
        from use in history.Uses
        where !use.Found && use.Disused < use.Ttl
        select $"{use.Session} was gone after {use.Disused} of disuse, its time to live is {use.Ttl}";
}
