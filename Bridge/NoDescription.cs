using Snakepit.Protocol.Administration;

namespace Snakepit.Bridge;

/// <summary>Of a process that tells nothing of itself, as one that only serves a load or a test.</summary>
public sealed class NoDescription : IServerDescription
{
    public ValueTask<DescribeServerResponse> DescribeAsync(CancellationToken cancellation) => new(new DescribeServerResponse());
}
