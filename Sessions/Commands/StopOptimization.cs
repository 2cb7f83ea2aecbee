using Google.Protobuf;
using Snakepit.Protocol.Bridge;

namespace Snakepit.Sessions.Commands;

/// <summary>
/// Ends an optimizer's hold. Upstream's request does not say who stops it, so a request that names nobody
/// is taken for the holder's; one that names another optimizer needs force.
/// </summary>
internal static class StopOptimization
{
    public static Outcome<IMessage> Apply(SessionDraft draft, StopOptimizationRequest request)
    {
        if (draft.Find(request.VariableIdentifier) is not { } variable)
        {
            return Refusal.VariableNotFound(request.VariableIdentifier);
        }

        if (variable.Access is { } access && !access.MayWrite(draft.Requester))
        {
            return VersionWriter.CheckWritable(draft, variable)!;
        }

        if (variable.Optimization is not { } held)
        {
            return Refusal.Precondition($"Variable {variable.Name} is not being optimized");
        }

        if (request.OptimizerId.Length > 0 && request.OptimizerId != held.OptimizerId && !request.Force)
        {
            return Refusal.Precondition($"Variable {variable.Name} is locked for optimization by {held.OptimizerId}");
        }

        var after = variable with { Revision = draft.NextRevision, Optimization = null };
        KeyValuePair<string, string>[] metadata =
        [
            new(Metadata.OptimizerKey, held.OptimizerId),
            new("optimization", request.Force ? "stopped_by_force" : "stopped"),
        ];
        draft.Log(after, UpdateType.OptimizationChange, variable, metadata);
        Dependents.Notify(draft, after);
        return new StopOptimizationResponse { Success = true, FinalValue = after.Value.Any };
    }
}
