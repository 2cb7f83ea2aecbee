using System.Text;
using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions.Values;

namespace Snakepit.Sessions.Commands;

/// <summary>A new variable, or the one that is already there. Makes the session if need be.</summary>
internal static class RegisterVariable
{
    public static Outcome<IMessage> Apply(SessionDraft draft, RegisterVariableRequest request)
    {
        if (Names.Check(request.Name, "variable name", draft.Limits) is { } badName)
        {
            return badName;
        }

        if (VariableType.Find(request.Type) is not { } type)
        {
            return Refusal.Invalid(
                $"Variable {request.Name}: unknown type '{request.Type}', must be one of: {string.Join(", ", VariableType.Names)}");
        }

        if (CheckText(request.ConstraintsJson, "constraints_json", draft) is { } tooLong)
        {
            return VersionWriter.Named(tooLong, request.Name);
        }

        var constraints = Constraints.Compile(type, request.ConstraintsJson);
        if (constraints.IsRefused)
        {
            return VersionWriter.Named(constraints.Refusal, request.Name);
        }

        if (draft.FindByName(request.Name) is { } present)
        {
            if (!present.IsVisibleTo(draft.Requester))
            {
                return Refusal.AlreadyExists($"Variable {request.Name} is already registered");
            }

            return present.Type == type && present.Constraints.SameAs(constraints.Value)
                ? Reply(present, alreadyRegistered: true)
                : Refusal.AlreadyExists(
                    $"Variable {request.Name} is already registered with {(present.Type == type ? "other constraints" : $"type {present.Type.Name}")}");
        }

        return Create(draft, request, type, constraints.Value);
    }

    public static Refusal? CheckText(string text, string what, SessionDraft draft)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        return bytes > draft.Limits.MaxConstraintsBytes
            ? Refusal.Exhausted($"{what} has {bytes} bytes, the limit is {draft.Limits.MaxConstraintsBytes}")
            : null;
    }

    private static Outcome<IMessage> Create(
        SessionDraft draft, RegisterVariableRequest request, VariableType type, Constraints constraints)
    {
        if (draft.FindById(request.Name) is not null)
        {
            return Refusal.AlreadyExists($"{request.Name} is the id of another variable");
        }

        if (draft.VariableCount >= draft.Limits.MaxVariables)
        {
            return Refusal.Exhausted($"the session has {draft.VariableCount} variables, the limit is {draft.Limits.MaxVariables}");
        }

        var (access, badAccess) = VariableAccess.Read(request.AccessControlJson);
        var refusal = Metadata.CheckSize(request.Metadata, draft.Limits)
            ?? CheckText(request.AccessControlJson, "access_control_json", draft)
            ?? badAccess;
        if (refusal is not null)
        {
            return VersionWriter.Named(refusal, request.Name);
        }

        var value = Value.Read(
            type, constraints, request.InitialValue, request.InitialBinaryValue, draft.Limits.MaxValueBytes);
        if (value.IsRefused)
        {
            return VersionWriter.Named(value.Refusal, request.Name);
        }

        if (!draft.SessionExists)
        {
            draft.CreateSession(SessionState.NewHeader(draft, null));
        }

        var revision = draft.NextRevision;
        var variable = new VariableState
        {
            Id = NewId(draft, request.Name),
            Name = request.Name,
            Type = type,
            Constraints = constraints,
            Value = value.Value,
            Metadata = Metadata.Merge(Metadata.Empty, request.Metadata),
            Source = VersionWriter.SourceOf(request.Metadata, Variable.Types.Source.Elixir),
            LastUpdatedAt = draft.Now,
            AccessControlJson = request.AccessControlJson,
            Access = access,
            Revision = revision,
            RegisteredAt = revision,
            ValueRevision = revision,
            LargeValueRevision = VersionWriter.LargeValueRevision(value.Value, revision),
        };
        draft.Log(variable, UpdateType.Registered, null, request.Metadata);
        return Reply(variable, alreadyRegistered: false);
    }

    // Only a name that was made to look like an id can stand in the way.
    private static string NewId(SessionDraft draft, string name)
    {
        for (var attempt = 1; ; attempt++)
        {
            var id = VariableIds.Make(name, draft.NextRevision, attempt);
            if (draft.FindHidden(id) is null && id != name)
            {
                return id;
            }
        }
    }

    // Less a large value: who has just sent it does not need it back, and may not be able to take it.
    private static EncodedRegisterVariableResponse Reply(VariableState variable, bool alreadyRegistered) => new()
    {
        Success = true,
        VariableId = variable.Id,
        Variable = variable.StoredWire,
        AlreadyRegistered = alreadyRegistered,
        Revision = alreadyRegistered ? variable.Revision : variable.RegisteredAt,
    };
}
