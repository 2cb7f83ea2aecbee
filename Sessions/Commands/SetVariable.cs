using Google.Protobuf;
using Snakepit.Protocol.Bridge;

namespace Snakepit.Sessions.Commands;

internal static class SetVariable
{
    public static Outcome<IMessage> Apply(SessionDraft draft, SetVariableRequest request)
    {
        if (draft.Find(request.VariableIdentifier) is not { } variable)
        {
            return Refusal.VariableNotFound(request.VariableIdentifier);
        }

        var value = VersionWriter.Prepare(
            draft,
            variable,
            request.Value,
            request.BinaryValue,
            request.Metadata,
            request.HasExpectedVersion ? request.ExpectedVersion : null);
        if (value.IsRefused)
        {
            return value.Refusal;
        }

        var after = VersionWriter.Write(draft, variable, value.Value, request.Metadata);
        return new SetVariableResponse { Success = true, NewVersion = after.Version, Revision = after.Revision };
    }
}
