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

        if ((VersionWriter.CheckWritable(draft, variable) ?? VersionWriter.CheckLock(variable, null)) is { } refusal)
        {
            return refusal;
        }

        if (variable.Dependents.Length > 0)
        {
            var names = variable.Dependents.Select(draft.Find).OfType<VariableState>().Select(static dependent => dependent.Name).ToList();
            return Refusal.Precondition(
                $"Variable {variable.Name} has dependents{(names is [] ? "" : $": {string.Join(", ", names)}")}");
        }

        draft.Log(variable with { Revision = draft.NextRevision }, UpdateType.Deleted, variable, []);
        DependencyGraph.Detach(variable, draft.FindById, draft.Replace);
        return new DeleteVariableResponse { Success = true, Revision = draft.Revision };
    }
}
