using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Protocol.Tools;
using Snakepit.Sessions.Tools;

namespace Snakepit.Sessions.Commands;

/// <summary>Tells a session which tools a host serves. No change: it has no revision. Again is the same as once.</summary>
internal static class ToolOffer
{
    /// <param name="draft">Of a session that exists.</param>
    /// <param name="request">The offer.</param>
    /// <param name="hosts">Whose tools they are; null = the request's host's.</param>
    public static Outcome<IMessage> Apply(SessionDraft draft, OfferTools request, IReadOnlyList<ToolHost>? hosts)
    {
        hosts ??= [request.Host ?? new ToolHost()];
        var refusal = hosts.Select(host => Names.Check(host.Id, "host.id", draft.Limits)).FirstOrDefault(bad => bad is not null)
            ?? ToolSpecs.Check(request.Tools, draft.Limits)
            ?? CheckOwner(draft, request);
        if (refusal is not null)
        {
            return refusal;
        }

        var tools = draft.Tools.With(request.Tools, hosts, draft.Requester.Name);
        if (!ReferenceEquals(tools, draft.Tools))
        {
            if (CheckSize(tools, request, draft.Limits) is { } tooMuch)
            {
                return tooMuch;
            }

            draft.ReplaceTools(tools);
        }

        var response = new RegisterToolsResponse { Success = true };
        foreach (var spec in request.Tools)
        {
            response.ToolIds.Add(spec.Name, $"{request.SessionId}:{spec.Name}");
        }

        return response;
    }

    /// <summary>The answer where there is no session: workers look for it in the reply, not in the status.</summary>
    public static RegisterToolsResponse NoSession(string sessionId) =>
        new() { ErrorMessage = Refusal.SessionNotFound(sessionId).Message };

    // Who may serve tools on a session may not take the calls that are meant for another's; who administers it may.
    private static Refusal? CheckOwner(SessionDraft draft, OfferTools request)
    {
        var requester = draft.Requester;
        var taken = requester.Administers ? null : request.Tools.FirstOrDefault(
            spec => draft.Tools.OwnerOf(spec.Name) is { Length: > 0 } owner && owner != requester.Name);
        return taken is null ? null : Refusal.Denied($"tool {taken.Name} of this session is another principal's");
    }

    private static Refusal? CheckSize(HostedTools tools, OfferTools request, SessionLimits limits)
    {
        if (tools.Count > limits.MaxTools)
        {
            return Refusal.Exhausted($"the session would have {tools.Count} tools, the limit is {limits.MaxTools}");
        }

        if (tools.Bytes > limits.MaxToolBytes)
        {
            return Refusal.Exhausted($"the session's tools would have {tools.Bytes} bytes, the limit is {limits.MaxToolBytes}");
        }

        var crowded = request.Tools.Select(spec => tools.Find(spec.Name)!).FirstOrDefault(tool => tool.Hosts.Count > limits.MaxHostsPerTool);
        return crowded is null
            ? null
            : Refusal.Exhausted(
                $"tool {crowded.Spec.Name} would have {crowded.Hosts.Count} hosts, the limit is {limits.MaxHostsPerTool}");
    }
}
