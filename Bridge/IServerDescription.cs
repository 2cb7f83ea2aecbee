using Snakepit.Protocol.Administration;

namespace Snakepit.Bridge;

/// <summary>What a process tells of itself, and of the cluster it is part of.</summary>
public interface IServerDescription
{
    /// <summary>A message of its own for each caller, who adds the time and what is watched.</summary>
    ValueTask<DescribeServerResponse> DescribeAsync(CancellationToken cancellation);
}
