using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Protocol.Tools;

namespace Snakepit.Sessions.Queries;

/// <summary>What a session knows of its tools.</summary>
internal static class ToolQueries
{
    public static FoundTool Find(SessionState state, FindTool request, Requester requester)
    {
        var found = new FoundTool { Tool = state.Tools.Find(request.ToolName) };
        if (found.Tool is not null)
        {
            found.MissingVariables.Add(found.Tool.Spec.RequiredVariables.Where(name => !state.TryFind(name, requester, out _)).Distinct());
        }

        return found;
    }

    public static ListToolsResponse List(SessionState state) => new() { Tools = { state.Tools.Set.Tools } };

    /// <summary>Those that an attached client serves: to a worker all of these are tools "of the Elixir side".</summary>
    public static GetExposedElixirToolsResponse Exposed(SessionState state)
    {
        var response = new GetExposedElixirToolsResponse();
        response.Tools.AddRange(state.Tools.Set.Tools
            .Where(tool => tool.Hosts.Any(static host => host.Kind == ToolHost.Types.Kind.Attached))
            .Select(static tool => tool.Spec));
        return response;
    }

    /// <summary>Whether it is answered by <see cref="Answer"/>.</summary>
    public static bool Includes(IMessage request) => request is FindTool or ListToolsRequest or GetExposedElixirToolsRequest;

    public static IMessage Answer(SessionState state, IMessage request, Requester requester) => request switch
    {
        FindTool r => Find(state, r, requester),
        ListToolsRequest => List(state),
        _ => Exposed(state),
    };
}
