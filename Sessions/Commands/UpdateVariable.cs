using Google.Protobuf;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions.Values;

namespace Snakepit.Sessions.Commands;

/// <summary>Changes what describes a variable; the value and its version stay.</summary>
internal static class UpdateVariable
{
    public static Outcome<IMessage> Apply(SessionDraft draft, UpdateVariableRequest request)
    {
        if (draft.Find(request.VariableIdentifier) is not { } variable)
        {
            return Refusal.VariableNotFound(request.VariableIdentifier);
        }

        var refusal = VersionWriter.CheckVersion(variable, request.HasExpectedVersion ? request.ExpectedVersion : null)
            ?? VersionWriter.CheckMetadata(draft, variable, request.Metadata)
            ?? RegisterVariable.CheckText(request.ConstraintsJson, "constraints_json", draft)
            ?? RegisterVariable.CheckText(request.AccessControlJson, "access_control_json", draft)
            ?? AccessControl.Check(request.AccessControlJson);
        if (refusal is not null)
        {
            return refusal;
        }

        var after = variable with
        {
            Metadata = Metadata.Merge(variable.Metadata, request.Metadata),
            AccessControlJson = request.HasAccessControlJson ? request.AccessControlJson : variable.AccessControlJson,
        };
        if (request.HasConstraintsJson)
        {
            var constraints = Constraints.Compile(variable.Type, request.ConstraintsJson);
            if (constraints.IsRefused)
            {
                return VersionWriter.Named(constraints.Refusal, variable.Name);
            }

            if (constraints.Value.Check(variable.Value) is { } broken)
            {
                return Refusal.Precondition($"Variable {variable.Name}: the current value breaks the new constraints: {broken.Message}");
            }

            after = after with { Constraints = constraints.Value };
        }

        return Log(draft, variable, after, request);
    }

    private static EncodedUpdateVariableResponse Log(
        SessionDraft draft, VariableState before, VariableState after, UpdateVariableRequest request)
    {
        if (after.Constraints.SameAs(before.Constraints) &&
            after.AccessControlJson == before.AccessControlJson &&
            ReferenceEquals(after.Metadata, before.Metadata))
        {
            return new EncodedUpdateVariableResponse { Variable = before.StoredWire, Revision = before.Revision };
        }

        after = after with { Revision = draft.NextRevision };
        draft.Log(after, UpdateType.ConstraintChange, before, request.Metadata);
        Dependents.Notify(draft, after);
        return new EncodedUpdateVariableResponse { Variable = after.StoredWire, Revision = after.Revision };
    }
}
