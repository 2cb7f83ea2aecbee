using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Robustness.Load;
using Snakepit.Tests.Robustness.Support;

namespace Snakepit.Tests.Cluster.Processes;

/// <summary>
/// One client that knows both gateways and keeps to one of them; where that answers UNAVAILABLE it turns to the other.
/// One call at a time.
/// </summary>
internal sealed class ClusterClient(ProcessCluster cluster, int first) : IServers
{
    // As clients should: a server in trouble is not asked again at once.
    private static readonly TimeSpan Backoff = TimeSpan.FromMilliseconds(100);

    private int _current = first;

    private Member Gateway => cluster.Gateways[_current];

    public Task<BridgeClient> ClientAsync() => Task.FromResult(Gateway.Process.Client);

    public Task UnavailableAsync(BridgeClient client, RpcException failure)
    {
        cluster.Failures.Enqueue(new FailedCall(Gateway, failure));
        _current = (_current + 1) % cluster.Gateways.Count;
        return Task.Delay(Backoff);
    }
}
