using Google.Protobuf;
using Snakepit.Protocol.Bridge;

namespace Snakepit.Sessions.Commands;

/// <summary>Lets one variable depend on another. Part of the session's state, but no change: it has no revision.</summary>
internal static class AddDependency
{
    public static Outcome<IMessage> Apply(SessionDraft draft, AddDependencyRequest request)
    {
        if (draft.Find(request.FromVariable) is not { } dependent)
        {
            return Refusal.VariableNotFound(request.FromVariable);
        }

        if (VersionWriter.CheckWritable(draft, dependent) is { } refusal)
        {
            return refusal;
        }

        if (draft.Find(request.ToVariable) is not { } needed)
        {
            return Refusal.VariableNotFound(request.ToVariable);
        }

        var type = request.DependencyType.Length == 0 ? DependencyGraph.Types[0] : request.DependencyType;
        if (!DependencyGraph.Types.Contains(type))
        {
            return Refusal.Invalid(
                $"dependency_type '{type}' must be one of: {string.Join(", ", DependencyGraph.Types)}");
        }

        if (dependent.Dependencies.Any(edge => edge.ToId == needed.Id && edge.Type == type))
        {
            return new AddDependencyResponse { Success = true };
        }

        if (DependencyGraph.FindPath(needed, dependent, draft.FindById) is { } path)
        {
            var names = path.Where(step => step.IsVisibleTo(draft.Requester)).Select(step => step.Name).Prepend(dependent.Name);
            return Refusal.Precondition($"Dependency cycle: {string.Join(" -> ", names)}");
        }

        var limit = draft.Limits.MaxDependencies;
        if (dependent.Dependencies.Length >= limit || needed.Dependents.Length >= limit)
        {
            return Refusal.Exhausted(
                $"{dependent.Name} has {dependent.Dependencies.Length} dependencies and {needed.Name} {needed.Dependents.Length} dependents, the limit is {limit}");
        }

        draft.AddDependency(dependent, needed, type);
        return new AddDependencyResponse { Success = true };
    }
}
