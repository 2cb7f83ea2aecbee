using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;

namespace Snakepit.Sessions.Commands;

/// <summary>Makes the session, or finds it as it is: the first metadata and configuration stay.</summary>
internal static class InitializeSession
{
    public static Outcome<IMessage> Apply(SessionDraft draft, InitializeSessionRequest request)
    {
        if (!draft.SessionExists)
        {
            if ((Metadata.CheckSize(request.Metadata, draft.Limits) ?? CheckConfig(request.Config)) is { } refusal)
            {
                return refusal;
            }

            draft.CreateSession(SessionState.NewHeader(draft, request));
        }

        return Reply(draft.VariablesInOrder());
    }

    /// <summary>The reply for a session with these variables.</summary>
    public static EncodedInitializeSessionResponse Reply(IEnumerable<VariableState> variables)
    {
        var response = new EncodedInitializeSessionResponse { Success = true };
        foreach (var variable in variables)
        {
            response.InitialVariables.Add(variable.Name, variable.Wire);
        }

        return response;
    }

    private static Refusal? CheckConfig(SessionConfig? config) => config switch
    {
        { TtlSeconds: < 0 } => Refusal.Invalid($"config.ttl_seconds must not be negative, got {config.TtlSeconds}"),
        { HistoryLimit: < 0 } => Refusal.Invalid($"config.history_limit must not be negative, got {config.HistoryLimit}"),
        _ => null,
    };
}
