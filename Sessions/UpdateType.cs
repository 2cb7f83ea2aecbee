namespace Snakepit.Sessions;

/// <summary>The values of VariableUpdate.update_type.</summary>
public static class UpdateType
{
    public const string InitialValue = "initial_value";
    public const string ValueChange = "value_change";
    public const string ConstraintChange = "constraint_change";
    public const string Registered = "registered";
    public const string Deleted = "deleted";
    public const string DependencyChange = "dependency_change";
    public const string OptimizationChange = "optimization_change";
    public const string Heartbeat = "heartbeat";
    public const string Resync = "resync";

    /// <summary>Those that a change can have, and that a watch can be limited to.</summary>
    public static IReadOnlySet<string> OfChanges { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        ValueChange, ConstraintChange, Registered, Deleted, DependencyChange, OptimizationChange,
    };

    private static readonly HashSet<string> Types = new(OfChanges, StringComparer.Ordinal)
    {
        InitialValue, Heartbeat, Resync,
    };

    /// <summary>Every type there is.</summary>
    public static IReadOnlySet<string> All => Types;

    /// <summary>Each of these types once, as the constants above; null = none was named. All must be of <see cref="All"/>.</summary>
    public static string[]? Distinct(IReadOnlyList<string> types) => types.Count switch
    {
        0 => null,
        1 => [Constant(types[0])],
        _ => [.. types.Select(Constant).Distinct(StringComparer.Ordinal)],
    };

    /// <summary>Whether a change of this type gives the variable a new version.</summary>
    public static bool MakesVersion(string updateType) => updateType is ValueChange or Registered;

    private static string Constant(string type) =>
        Types.TryGetValue(type, out var constant) ? constant : throw new ArgumentException($"there is no update type '{type}'");
}
