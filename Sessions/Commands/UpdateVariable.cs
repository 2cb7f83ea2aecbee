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

        var (access, badAccess) = VariableAccess.Read(request.AccessControlJson);
        var refusal = CheckAccess(draft, variable, request)
            ?? VersionWriter.CheckVersion(variable, request.HasExpectedVersion ? request.ExpectedVersion : null)
            ?? VersionWriter.CheckMetadata(draft, variable, request.Metadata)
            ?? RegisterVariable.CheckText(request.ConstraintsJson, "constraints_json", draft)
            ?? RegisterVariable.CheckText(request.AccessControlJson, "access_control_json", draft)
            ?? badAccess;
        if (refusal is not null)
        {
            return refusal;
        }

        var after = variable with
        {
            Metadata = Metadata.Merge(variable.Metadata, request.Metadata),
            AccessControlJson = request.HasAccessControlJson ? request.AccessControlJson : variable.AccessControlJson,
            Access = request.HasAccessControlJson ? access : variable.Access,
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

    // Who may only write would otherwise strike itself off, or others. What is read-only is lifted by a request of its own.
    private static Refusal? CheckAccess(SessionDraft draft, VariableState variable, UpdateVariableRequest request)
    {
        if (request.HasAccessControlJson && !draft.Requester.Administers)
        {
            return Refusal.Denied($"Variable {variable.Name}: to change its access_control_json needs the right administer");
        }

        return request.HasConstraintsJson || request.Metadata.Count > 0 ? VersionWriter.CheckWritable(draft, variable) : null;
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
