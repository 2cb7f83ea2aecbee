namespace Snakepit.Tests.Interop;

/// <summary>The two gRPC libraries of Node: the main calls, watches, refusals.</summary>
public sealed class NodeTests
{
    private const string GrpcJsClient = "grpc_js_client.mjs";
    private const string ConnectClient = "connect_client.mjs";

    public static Task<IReadOnlyCollection<TheoryDataRow<Check>>> GrpcJsChecks() =>
        CheckList.RunAsync(GrpcJsClient, () => Node.ScriptAsync(GrpcJsClient));

    public static Task<IReadOnlyCollection<TheoryDataRow<Check>>> ConnectChecks() =>
        CheckList.RunAsync(ConnectClient, () => Node.ScriptAsync(ConnectClient));

    [Theory]
    [MemberData(nameof(GrpcJsChecks), DisableDiscoveryEnumeration = true)]
    public void Grpc_js(Check check) => check.Verify();

    [Theory]
    [MemberData(nameof(ConnectChecks), DisableDiscoveryEnumeration = true)]
    public void Connect_node(Check check) => check.Verify();
}
