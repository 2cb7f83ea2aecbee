using System.Runtime.CompilerServices;
using Snakepit.Bridge.Tools.Workers;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Tools;

namespace Snakepit.Bridge.Tools.Relayed;

/// <summary>
/// A host that is attached to another gateway of the cluster. Its calls go to that gateway, which hands them on without
/// a look at the session: that was this gateway's part.
/// </summary>
/// <param name="key">Its tenant, and what sessions keep of it.</param>
/// <param name="since">When it attached there. Microseconds since 1970 UTC.</param>
/// <param name="gateway">The way there, shared by all hosts of that gateway.</param>
internal sealed class RelayedHost(HostKey key, long since, WorkerChannel gateway) : IToolHost
{
    public string Tenant => key.Tenant;

    public ToolHost Identity { get; } = new() { Id = key.Id, Kind = ToolHost.Types.Kind.Attached };

    public long Since => since;

    public WorkerChannel Gateway => gateway;

    /// <summary>It is no host any more once its gateway says so no more.</summary>
    public bool IsAvailable => true;

    public bool TakesUnregistered => false;

    public async ValueTask<ExecuteToolResponse> ExecuteAsync(ToolCall call, CancellationToken cancellation) =>
        await gateway.ExecuteAsync(call, cancellation, key);

    public async IAsyncEnumerable<ToolChunk> StreamAsync(
        ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var chunks = gateway.Stream(call, cancellation, key);
        while (await chunks.ReadAsync(cancellation) is { } chunk)
        {
            yield return chunk;
        }
    }
}
