namespace Snakepit.Sessions;

/// <summary>The edges between variables: each is held at both of its ends.</summary>
public static class DependencyGraph
{
    /// <summary>Every type an edge can have.</summary>
    public static IReadOnlyList<string> Types { get; } = ["data", "constraint", "optimization"];

    /// <summary>The two ends of a new edge, as they become.</summary>
    public static (VariableState From, VariableState To) Attach(VariableState dependent, VariableState needed, string type) =>
    (
        dependent with { Dependencies = dependent.Dependencies.Add(new Dependency(needed.Id, type)) },
        needed.Dependents.AsSpan().BinarySearch(dependent.Id, StringComparer.Ordinal) is var at && at >= 0
            ? needed
            : needed with { Dependents = needed.Dependents.Insert(~at, dependent.Id) }
    );

    /// <summary>Takes a deleted variable out of the variables it depended on.</summary>
    public static void Detach(
        VariableState deleted, Func<string, VariableState?> find, Action<VariableState> replace)
    {
        foreach (var id in deleted.Dependencies.Select(edge => edge.ToId).Distinct(StringComparer.Ordinal))
        {
            if (find(id) is { } needed)
            {
                replace(needed with { Dependents = needed.Dependents.Remove(deleted.Id) });
            }
        }
    }

    /// <summary>
    /// The way along dependencies from one variable to another, both ends included; null if there is none.
    /// </summary>
    public static IReadOnlyList<VariableState>? FindPath(
        VariableState start, VariableState end, Func<string, VariableState?> find)
    {
        var cameFrom = new Dictionary<string, VariableState?>(StringComparer.Ordinal) { [start.Id] = null };
        var open = new Stack<VariableState>([start]);
        while (open.TryPop(out var variable))
        {
            if (variable.Id == end.Id)
            {
                var path = new List<VariableState>();
                for (VariableState? step = variable; step is not null; step = cameFrom[step.Id])
                {
                    path.Insert(0, step);
                }

                return path;
            }

            foreach (var edge in variable.Dependencies)
            {
                if (!cameFrom.ContainsKey(edge.ToId) && find(edge.ToId) is { } next)
                {
                    cameFrom[edge.ToId] = variable;
                    open.Push(next);
                }
            }
        }

        return null;
    }
}
