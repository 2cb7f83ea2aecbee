using Google.Protobuf;
using Snakepit.Protocol.Bridge;

namespace Snakepit.Sessions.Commands;

/// <summary>Gives one optimizer the variable to itself.</summary>
internal static class StartOptimization
{
    public static Outcome<IMessage> Apply(SessionDraft draft, StartOptimizationRequest request)
    {
        if (draft.Find(request.VariableIdentifier) is not { } variable)
        {
            return Refusal.VariableNotFound(request.VariableIdentifier);
        }

        if ((VersionWriter.CheckWritable(draft, variable) ??
             Names.Check(request.OptimizerId, "optimizer_id", draft.Limits) ??
             Metadata.CheckSize(request.OptimizerConfig, draft.Limits)) is { } refusal)
        {
            return refusal;
        }

        if (variable.Optimization is { } held)
        {
            return held.OptimizerId == request.OptimizerId
                ? new StartOptimizationResponse { Success = true, OptimizationId = held.OptimizationId }
                : Refusal.Precondition($"Variable {variable.Name} is locked for optimization by {held.OptimizerId}");
        }

        var revision = draft.NextRevision;
        var after = variable with
        {
            Revision = revision,
            Optimization = new OptimizationLock(request.OptimizerId, $"opt_{variable.Name}_{revision}", draft.Now),
        };
        var metadata = new Dictionary<string, string>(request.OptimizerConfig)
        {
            [Metadata.OptimizerKey] = request.OptimizerId,
            ["optimization"] = "started",
        };
        draft.Log(after, UpdateType.OptimizationChange, variable, metadata);
        Dependents.Notify(draft, after);
        return new StartOptimizationResponse { Success = true, OptimizationId = after.Optimization.OptimizationId };
    }
}
