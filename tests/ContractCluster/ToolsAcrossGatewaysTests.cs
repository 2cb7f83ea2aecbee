using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.GrpcGateway;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Tools;
using Snakepit.Silo;
using Snakepit.Storage.Postgres;
using Snakepit.Tests.Contract.Support;
using Snakepit.Transport;

namespace Snakepit.Tests.Contract;

/// <summary>One silo, two gateways: hosts of tools are at one of them, their callers at the other.</summary>
public sealed class ToolsAcrossGatewaysTests : IAsyncLifetime
{
    private readonly List<GatewayServer> _gateways = [];
    private SiloServer _silo = null!;
    private BridgeClient _here = null!;
    private BridgeClient _there = null!;

    public async ValueTask InitializeAsync()
    {
        var database = new PostgresOptions(await SharedPostgres.ConnectionStringAsync()) { Schema = $"tools{Guid.NewGuid():N}" };
        _silo = await SiloServer.StartAsync(new SiloOptions { Database = database, SiloPort = 0, ClientPort = 0 }, NullLoggerFactory.Instance);
        for (var i = 0; i < 2; i++)
        {
            _gateways.Add(await GatewayServer.StartAsync(
                new GatewayServerOptions { Database = database, Endpoints = [new GrpcEndpoint("127.0.0.1", 0)] }, NullLoggerFactory.Instance));
        }

        _here = new BridgeClient($"127.0.0.1:{_gateways[0].Port}");
        _there = new BridgeClient($"127.0.0.1:{_gateways[1].Port}");
    }

    public async ValueTask DisposeAsync()
    {
        _here.Dispose();
        _there.Dispose();
        foreach (var gateway in _gateways)
        {
            await gateway.StopAsync(TimeSpan.Zero);
            await gateway.DisposeAsync();
        }

        await _silo.DisposeAsync();
    }

    [Fact]
    public async Task Who_is_told_that_a_tool_is_offered_can_call_it_at_any_gateway_at_once()
    {
        var session = await NewSessionAsync();
        await using var host = await AttachedClient.StartAsync(_there);
        await host.OfferAsync(session, "add");
        var request = session.Call("add", ("a", Json.Integer(1)));
        request.Metadata.Add("correlation_id", "abc");
        var answer = session.ExecuteAsync(request);

        var call = await host.NextCallAsync();
        Assert.Equal(request, call.Request);
        await host.AnswerAsync(call, "3");

        var response = await answer;
        Assert.Equal("3", response.Result.Text());
        Assert.Equal("local", response.Metadata["tool_type"]);
        Assert.Equal(host.Id, response.Metadata["worker_id"]);
        Assert.Equal("abc", response.Metadata["correlation_id"]);
    }

    [Fact]
    public async Task Chunks_come_through_as_they_are_sent_and_one_that_is_cancelled_is_cancelled_there()
    {
        var session = await NewSessionAsync();
        await using var host = await AttachedClient.StartAsync(_there);
        await host.OfferAsync(session, "stream");
        using (var whole = session.ExecuteStreaming("stream"))
        {
            var call = await host.NextCallAsync();
            await host.ChunkAsync(call, "first");
            Assert.Equal("first", (await whole.NextAsync()).ChunkId);
            await host.ChunkAsync(call, "last", final: true);
            var (rest, status) = await whole.RestAsync();
            Assert.Equal("last", Assert.Single(rest).ChunkId);
            Assert.Equal(RpcStatus.Ok, status);
        }

        var broken = session.ExecuteStreaming("stream");
        var cancelled = await host.NextCallAsync();
        broken.Dispose();
        Assert.Equal(cancelled.CallId, (await host.NextAsync(ServerMessage.ContentOneofCase.Cancelled)).Cancelled.CallId);
    }

    [Fact]
    public async Task A_large_result_and_a_tools_failure_come_through_as_they_are()
    {
        var session = await NewSessionAsync();
        await using var host = await AttachedClient.StartAsync(_there);
        await host.OfferAsync(session, "large", "fail");
        var large = session.ExecuteAsync("large");
        var bytes = Google.Protobuf.ByteString.CopyFrom(new byte[8 << 20]);
        await host.AnswerAsync((await host.NextCallAsync()).CallId, new ExecuteToolResponse { Success = true, BinaryResult = bytes });
        Assert.Equal(bytes, (await large).BinaryResult);

        var failing = session.ExecuteAsync("fail");
        await host.EndAsync(await host.NextCallAsync(), RpcCode.PermissionDenied, "not for you");
        Assert.Equal("PERMISSION_DENIED: not for you", (await failing).ErrorMessage);
    }

    [Fact]
    public async Task A_host_that_attaches_to_another_gateway_is_called_there_and_nowhere_else()
    {
        var session = await NewSessionAsync();
        await using var older = await AttachedClient.StartAsync(_there, "moving");
        await older.OfferAsync(session, "add");
        await using var newer = await AttachedClient.StartAsync(_here, "moving");
        await newer.OfferAsync(session, "add");
        Assert.Equal(RpcCode.Aborted, (await older.EndedAsync()).Code);

        foreach (var client in new[] { _here, _there })
        {
            var answer = client.Session(session.Id).ExecuteAsync("add");
            await newer.AnswerAsync(await newer.NextCallAsync(), "1");
            Assert.True((await answer).Success);
        }
    }

    [Fact]
    public async Task A_gateway_that_goes_takes_its_calls_along_but_not_what_its_hosts_offered()
    {
        var session = await NewSessionAsync();
        await using var host = await AttachedClient.StartAsync(_there, "stranded");
        await host.OfferAsync(session, "slow");
        var answer = session.ExecuteAsync("slow");
        await host.NextCallAsync();
        await _gateways[1].StopAsync(TimeSpan.Zero);
        var lost = await answer;
        Assert.False(lost.Success);
        Assert.StartsWith("UNAVAILABLE: ", lost.ErrorMessage, StringComparison.Ordinal);
        await Eventually.TrueAsync(
            async () => (await session.ExecuteAsync("slow")).ErrorMessage.Contains("stranded is not connected", StringComparison.Ordinal),
            "the other gateway knows that the host has gone");

        await using var back = await AttachedClient.StartAsync(_here, "stranded");
        var again = session.ExecuteAsync("slow");
        await back.AnswerAsync(await back.NextCallAsync(), "1");
        Assert.True((await again).Success);
    }

    [Fact]
    public async Task A_worker_that_is_announced_at_one_gateway_is_at_every_one_until_it_is_removed_at_any()
    {
        var session = await NewSessionAsync();
        await using var worker = await FakeWorker.StartAsync();
        await _there.CallAsync<AddWorkerResponse>(
            BridgeClient.ToolsService, "AddWorker", new AddWorkerRequest { WorkerId = worker.Id, Address = worker.Address });
        Assert.True((await session.ExecuteAsync("unregistered")).Success);
        Assert.Contains(worker.Id, await WorkersAsync(_here));
        await session.RegisterAsync(worker, "greet");
        Assert.True((await session.ExecuteAsync("greet")).Success);

        Assert.True((await _here.CallAsync<RemoveWorkerResponse>(
            BridgeClient.ToolsService, "RemoveWorker", new RemoveWorkerRequest { WorkerId = worker.Id })).Removed);
        await Eventually.TrueAsync(async () => !(await WorkersAsync(_there)).Contains(worker.Id), "the worker is forgotten there");
    }

    private static async Task<List<string>> WorkersAsync(BridgeClient client) =>
        [.. (await client.CallAsync<ListWorkersResponse>(BridgeClient.ToolsService, "ListWorkers", new ListWorkersRequest())).Workers.Select(worker => worker.WorkerId)];

    private async Task<SessionClient> NewSessionAsync()
    {
        var session = _here.NewSession();
        await session.InitializeAsync();
        return session;
    }
}
