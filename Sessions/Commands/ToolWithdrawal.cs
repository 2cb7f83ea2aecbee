using Google.Protobuf;
using Snakepit.Protocol.Storing;

namespace Snakepit.Sessions.Commands;

/// <summary>Takes a host's tools back. No change: it has no revision. What the host does not serve is passed over.</summary>
internal static class ToolWithdrawal
{
    public static Outcome<IMessage> Apply(SessionDraft draft, WithdrawTools request)
    {
        if (Names.Check(request.HostId, "host_id", draft.Limits) is { } refusal)
        {
            return refusal;
        }

        var tools = draft.Tools.Without(request.HostId, request.ToolNames, out var withdrawn);
        if (withdrawn > 0)
        {
            draft.ReplaceTools(tools);
        }

        return new ToolsWithdrawn { Withdrawn = withdrawn };
    }
}
