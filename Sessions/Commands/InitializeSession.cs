using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions.Tools;

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

        return Reply(draft.VariablesInOrder().Where(variable => variable.IsVisibleTo(draft.Requester)), draft.Tools);
    }

    /// <summary>The reply for a session with these variables and tools.</summary>
    public static EncodedInitializeSessionResponse Reply(IEnumerable<KeptVariable> variables, HostedTools tools)
    {
        var response = new EncodedInitializeSessionResponse { Success = true };
        foreach (var variable in variables)
        {
            response.InitialVariables.Add(variable.Name, variable.Wire);
        }

        foreach (var tool in tools.Set.Tools)
        {
            response.AvailableTools.Add(tool.Spec.Name, tool.Spec);
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
