using Google.Protobuf;
using Snakepit.Protocol.Bridge;

namespace Snakepit.Sessions.Commands;

internal static class DeleteVariable
{
    public static Outcome<IMessage> Apply(SessionDraft draft, DeleteVariableRequest request)
    {
        if (draft.Find(request.VariableIdentifier) is not { } variable)
        {
            return Refusal.VariableNotFound(request.VariableIdentifier);
        }

        if (VersionWriter.CheckLock(variable, null) is { } locked)
        {
            return locked;
        }

        if (variable.Dependents.Length > 0)
        {
            var names = variable.Dependents.Select(id => draft.FindById(id)!.Name);
            return Refusal.Precondition($"Variable {variable.Name} has dependents: {string.Join(", ", names)}");
        }

        draft.Log(variable with { Revision = draft.NextRevision }, UpdateType.Deleted, variable, []);
        DependencyGraph.Detach(variable, draft.FindById, draft.Replace);
        return new DeleteVariableResponse { Success = true, Revision = draft.Revision };
    }
}
