using System.Globalization;
using Google.Protobuf.Collections;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Tools;

namespace Snakepit.Bridge.Tools.Calls;

/// <summary>What an answer says of its call: the keys of upstream's server, and the call's correlation id.</summary>
internal sealed class CallReport(CallClock clock)
{
    public void Sign(ExecuteToolResponse response, IToolHost host)
    {
        response.ExecutionTimeMs = (long)clock.Elapsed.TotalMilliseconds;
        Sign(response.Metadata, host);
    }

    /// <summary>What the host has said itself stays: which worker of a pool it was, how long the tool took.</summary>
    public void Sign(MapField<string, string> metadata, IToolHost host)
    {
        metadata.TryAdd("execution_time_ms", ((long)clock.Elapsed.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
        metadata.TryAdd("tool_type", TypeOf(host));
        metadata.TryAdd("worker_id", host.Identity.Id);
        metadata[CallTerms.CorrelationKey] = clock.Terms.CorrelationId;
    }

    /// <summary>Upstream's words: a tool of the client's side is local, that of a worker remote.</summary>
    public static string TypeOf(IToolHost host) => host.Identity.Kind == ToolHost.Types.Kind.Attached ? "local" : "remote";
}
