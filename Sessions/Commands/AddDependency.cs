using Google.Protobuf;
using Snakepit.Protocol.Bridge;

namespace Snakepit.Sessions.Commands;

/// <summary>Lets one variable depend on another. Part of the session's state, but no change: it has no revision.</summary>
internal static class AddDependency
{
    public static Outcome<IMessage> Apply(SessionDraft draft, AddDependencyRequest request)
    {
        if (draft.Find(request.FromVariable) is not { } from)
        {
            return Refusal.VariableNotFound(request.FromVariable);
        }

        if (draft.Find(request.ToVariable) is not { } to)
        {
            return Refusal.VariableNotFound(request.ToVariable);
        }

        var type = request.DependencyType.Length == 0 ? DependencyGraph.Types[0] : request.DependencyType;
        if (!DependencyGraph.Types.Contains(type))
        {
            return Refusal.Invalid(
                $"dependency_type '{type}' must be one of: {string.Join(", ", DependencyGraph.Types)}");
        }

        if (from.Dependencies.Any(edge => edge.ToId == to.Id && edge.Type == type))
        {
            return new AddDependencyResponse { Success = true };
        }

        if (DependencyGraph.FindPath(to, from, draft.FindById) is { } path)
        {
            var names = path.Select(step => step.Name).Prepend(from.Name);
            return Refusal.Precondition($"Dependency cycle: {string.Join(" -> ", names)}");
        }

        var limit = draft.Limits.MaxDependencies;
        if (from.Dependencies.Length >= limit || to.Dependents.Length >= limit)
        {
            return Refusal.Exhausted(
                $"{from.Name} has {from.Dependencies.Length} dependencies and {to.Name} {to.Dependents.Length} dependents, the limit is {limit}");
        }

        draft.AddDependency(from, to, type);
        return new AddDependencyResponse { Success = true };
    }
}
