using System.Globalization;
using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;

namespace Snakepit.Sessions.Commands;

/// <summary>Makes an old value the newest version.</summary>
internal static class RollbackVariable
{
    public static Outcome<IMessage> Apply(SessionDraft draft, RollbackVariableRequest request, HistoricalValue? target)
    {
        if (draft.Find(request.VariableIdentifier) is not { } variable)
        {
            return Refusal.VariableNotFound(request.VariableIdentifier);
        }

        // The target was read before this command's turn came: the name may mean another variable by now.
        if (target is null || target.VariableId != variable.Id || target.Version != request.TargetVersion)
        {
            return Refusal.NotFound($"Version not found: {request.TargetVersion} of variable {variable.Name}");
        }

        if ((VersionWriter.CheckWritable(draft, variable) ??
             VersionWriter.CheckLock(variable, request.Metadata) ??
             VersionWriter.CheckMetadata(draft, variable, request.Metadata)) is { } refusal)
        {
            return refusal;
        }

        if (variable.Constraints.Check(target.Value) is { } broken)
        {
            return VersionWriter.Named(broken, variable.Name);
        }

        var metadata = request.Metadata.Clone();
        metadata["rollback_to"] = request.TargetVersion.ToString(CultureInfo.InvariantCulture);
        var after = VersionWriter.Write(draft, variable, target.Value, metadata);
        return new EncodedRollbackVariableResponse { Success = true, Variable = after.Wire, Revision = after.Revision };
    }
}
