namespace Snakepit.Sessions.Commands;

/// <summary>What a change of a variable means for those that depend on it.</summary>
internal static class Dependents
{
    /// <summary>Logs a dependency_change of each direct dependent, right after the change that caused it.</summary>
    public static void Notify(SessionDraft draft, VariableState cause)
    {
        foreach (var id in cause.Dependents)
        {
            var dependent = draft.FindById(id)
                ?? throw new InvalidOperationException($"dependent {id} of {cause.Id} does not exist");
            var types = dependent.Dependencies.Where(edge => edge.ToId == cause.Id).Select(edge => edge.Type);
            KeyValuePair<string, string>[] metadata =
            [
                new("dependency", cause.Name),
                new("dependency_id", cause.Id),
                new("dependency_type", string.Join(',', types)),
                new("cause_revision", cause.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ];
            draft.Log(dependent with { Revision = draft.NextRevision }, UpdateType.DependencyChange, dependent, metadata);
        }
    }
}
