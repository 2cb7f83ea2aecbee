using Snakepit.Bridge;
using Snakepit.Protocol.Administration;

namespace Snakepit.Tests.Unit.Bridge;

/// <summary>A server that tells nothing of itself.</summary>
internal sealed class NoDescription : IServerDescription
{
    public ValueTask<DescribeServerResponse> DescribeAsync(CancellationToken cancellation) => new(new DescribeServerResponse());
}
