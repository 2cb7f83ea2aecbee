using Snakepit.Protocol.Storing;

namespace Snakepit.Grains;

/// <summary>Answers from memory alone.</summary>
[GrainType("tool-directory")]
internal sealed class ToolDirectoryGrain(TimeProvider time) : Grain, IToolDirectoryGrain
{
    private readonly GatewayReports _reports = new(time);

    public ValueTask<WireMessage> ExchangeAsync(WireMessage report, CancellationToken cancellation) =>
        new(new WireMessage(_reports.Exchange((GatewayHosts)report.Content)));
}
