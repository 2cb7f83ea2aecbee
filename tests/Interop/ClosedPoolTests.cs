using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Serving.Access;
using Snakepit.Sidecar;
using Snakepit.Sidecar.Workers;
using Snakepit.Transport;

namespace Snakepit.Tests.Interop;

/// <summary>Workers that can say nothing of who they are, beside a sidecar that asks everyone.</summary>
public sealed class ClosedPoolTests
{
    private const string Token = "a-token-that-nobody-could-guess-at-all";

    private const string Access = """
        { "principals": {
            "alice": { "tenant": "t", "grants": [{ "sessions": "*", "rights": ["read", "write", "call_tools", "administer"] }] },
            "pool": { "tenant": "t", "grants": [{ "sessions": "*", "rights": ["read", "write", "serve_tools"] }] } },
          "tokens": [{ "sha256": "{Hash}", "principal": "alice" }] }
        """;

    [Fact]
    public async Task They_call_back_as_the_pool_in_its_tenant_and_what_they_change_is_theirs()
    {
        var script = await Needed.Async(Python.ScriptAsync("tests/Interop/python/worker.py"));
        var file = Path.GetTempFileName();
        var hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Token));
        await File.WriteAllTextAsync(file, Access.Replace("{Hash}", Convert.ToHexStringLower(hash), StringComparison.Ordinal));
        await using var server = await SidecarServer.StartAsync(
            SidecarOptions.Default with
            {
                Endpoints = [new GrpcEndpoint("127.0.0.1", 0)],
                Access = new AccessSettings { File = file },
                Workers = new WorkerPoolOptions
                {
                    Command = [script.File, .. script.Arguments],
                    Environment = script.Environment.ToDictionary(),
                    Workers = 1,
                    QueueTimeout = TimeSpan.FromMinutes(2),
                },
            },
            NullLoggerFactory.Instance);
        using var channel = new RpcChannel($"127.0.0.1:{server.Port}");

        await CallAsync(channel, "InitializeSession", new InitializeSessionRequest { SessionId = "s" }, InitializeSessionResponse.Parser);
        var answer = await CallAsync(
            channel,
            "ExecuteTool",
            new ExecuteToolRequest { SessionId = "s", ToolName = "remember", Parameters = { ["name"] = Json("\"x\""), ["value"] = Json("41") } },
            ExecuteToolResponse.Parser);

        Assert.True(answer.Success, answer.ErrorMessage);
        var audit = await CallAsync(
            channel, "ReadAudit", new Protocol.Administration.ReadAuditRequest { SessionId = "s" }, Protocol.Administration.ReadAuditResponse.Parser);
        Assert.Equal(("x", "pool"), Assert.Single(audit.Entries.Select(entry => (entry.VariableName, entry.Principal))));
        var refused = await Assert.ThrowsAsync<RpcException>(
            () => channel.CallAsync("/snakepit.bridge.BridgeService/Ping", new PingRequest(), PingResponse.Parser));
        Assert.Equal(RpcCode.Unauthenticated, refused.Status.Code);
        File.Delete(file);
    }

    private static Task<T> CallAsync<T>(RpcChannel channel, string method, IMessage request, MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        var service = method == "ReadAudit" ? "snakepit.sessions.v1.Sessions" : "snakepit.bridge.BridgeService";
        var headers = new Dictionary<string, string> { ["authorization"] = $"Bearer {Token}" };
        return channel.CallAsync(
            $"/{service}/{method}", request, parser, new RpcCallOptions { Headers = headers, Timeout = TimeSpan.FromMinutes(2) });
    }

    private static Any Json(string json) => new() { TypeUrl = "type.googleapis.com/snakepit.string", Value = ByteString.CopyFromUtf8(json) };
}
