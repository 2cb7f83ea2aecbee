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

    /// <summary>Every type there is.</summary>
    public static IReadOnlySet<string> All { get; } = new HashSet<string>(OfChanges, StringComparer.Ordinal)
    {
        InitialValue, Heartbeat, Resync,
    };

    /// <summary>Whether a change of this type gives the variable a new version.</summary>
    public static bool MakesVersion(string updateType) => updateType is ValueChange or Registered;
}
