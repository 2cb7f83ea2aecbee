namespace Snakepit.Grains;

/// <summary>
/// Where the gateways of a cluster tell each other of hosts of tools, each with its tenant: <see cref="ToolDirectoryKey"/>.
/// It keeps nothing: what was lost with its silo the gateways say again with their next exchange.
/// </summary>
[Alias("snakepit.tool-directory")]
public interface IToolDirectoryGrain : IGrainWithStringKey
{
    /// <summary>Takes one gateway's word, a <c>GatewayHosts</c>, and answers with the others', a <c>HostDirectory</c>.</summary>
    [Alias("exchange")]
    ValueTask<WireMessage> ExchangeAsync(WireMessage report, CancellationToken cancellation);
}
