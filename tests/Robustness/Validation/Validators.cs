namespace Snakepit.Tests.Robustness.Validation;

/// <summary>One guarantee, checked over a history.</summary>
internal interface IValidator
{
    /// <summary>Each way in which the history breaks it, for people.</summary>
    IEnumerable<string> Violations(History history);
}

internal static class Validators
{
    private const int Shown = 5;

    public static IReadOnlyList<IValidator> All { get; } =
    [
        new Durable(), new AppliedOnce(), new Atomic(), new Chained(), new Current(),
        new Ordered(), new Unique(), new Gapless(), new Complete(), new Faithful(), new Resumable(),
        new Linearizable(), new Alive(), new Fresh(), new Bounded(),
    ];

    /// <summary>The names of the guarantees that a history breaks.</summary>
    public static IReadOnlySet<string> Broken(History history) =>
        All.Where(validator => validator.Violations(history).Any()).Select(validator => validator.GetType().Name).ToHashSet();

    /// <summary>Fails with every guarantee that is broken, and how.</summary>
    public static void Check(History history)
    {
        var broken = All
            .Select(validator => (validator.GetType().Name, Violations: validator.Violations(history).ToList()))
            .Where(found => found.Violations.Count > 0)
            .Select(found => $"not {found.Name}, {found.Violations.Count} times: {string.Join("; ", found.Violations.Take(Shown))}")
            .ToList();
        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }
}
