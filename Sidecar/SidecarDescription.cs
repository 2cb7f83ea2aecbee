using Snakepit.Bridge;
using Snakepit.Protocol.Administration;
using Snakepit.Serving;
using Snakepit.Storage.Hosting;

namespace Snakepit.Sidecar;

/// <summary>What a sidecar tells of itself.</summary>
internal sealed class SidecarDescription(SidecarStore store, SessionDirectory directory, TimeProvider time)
    : IServerDescription
{
    private readonly ProcessDescription _process = new(DescribeServerResponse.Types.Kind.Sidecar, store.Name, time.GetUtcNow());

    public ValueTask<DescribeServerResponse> DescribeAsync(CancellationToken cancellation)
    {
        var message = _process.ToMessage();
        message.SessionCount = store.Sessions.Count;
        message.ActiveSessionCount = directory.ActiveCount;
        return new(message);
    }
}
