using Snakepit.Protocol.Access;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Tools;

namespace Snakepit.Bridge.Tools;

/// <summary>Something that runs tools: a worker that listens, a pool of them, or a client that attached.</summary>
public interface IToolHost
{
    /// <summary>What sessions keep of it: the same after a restart or a reconnect.</summary>
    ToolHost Identity { get; }

    /// <summary>The tenant whose sessions it serves.</summary>
    string Tenant => "";

    /// <summary>Whether a call sent now has a chance. May be wrong by the time it is sent.</summary>
    bool IsAvailable { get; }

    /// <summary>
    /// Whether it takes calls of tools that no session knows it has: a worker registers its tools with a session
    /// when it is first called for it.
    /// </summary>
    bool TakesUnregistered { get; }

    /// <summary>Whether it may be called for a session of its tenant: who attached it needs the right to serve tools there.</summary>
    bool MayServe(string sessionId) => true;

    /// <summary>Runs a tool to its one answer: the tool's own failure is an answer.</summary>
    /// <exception cref="RpcException">The host could not be asked, or was lost: UNAVAILABLE. Or what it ended the call with.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired; the host was told.</exception>
    ValueTask<ExecuteToolResponse> ExecuteAsync(ToolCall call, CancellationToken cancellation);

    /// <summary>Runs a tool that answers in chunks. They are read as fast as the caller takes them. Failures as above.</summary>
    IAsyncEnumerable<ToolChunk> StreamAsync(ToolCall call, CancellationToken cancellation);
}

/// <summary>One call of a tool, as a host gets it.</summary>
/// <param name="Request">With the caller's metadata, and `correlation_id` among them.</param>
/// <param name="CorrelationId">The same, for the header <c>x-snakepit-correlation-id</c>.</param>
/// <param name="TimeLeft">Until its deadline.</param>
public sealed record ToolCall(ExecuteToolRequest Request, string CorrelationId, TimeSpan TimeLeft)
{
    /// <summary>Who makes it.</summary>
    public Principal Principal { get; init; } = Principal.Unrestricted;

    /// <summary>Servers that took this one for a worker, before the call came here.</summary>
    public int Hops { get; init; }
}
