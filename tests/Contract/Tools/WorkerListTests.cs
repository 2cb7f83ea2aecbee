using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Tools;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Tools;

/// <summary>Who serves tools: announced, attached, listed, removed.</summary>
public sealed class WorkerListTests(SharedServer server)
{
    [Fact]
    public async Task Announced_and_attached_hosts_are_listed_with_what_they_did()
    {
        var session = server.NewSession();
        await session.InitializeAsync();
        await using var host = await AttachedClient.StartAsync(server.Client);
        await host.OfferAsync(session, "t");
        var answer = session.ExecuteAsync("t");
        var call = await host.NextCallAsync();
        Assert.Equal((1, 1L, 0L), Counts(await FindAsync(host.Id)));
        await host.EndAsync(call, RpcCode.Internal, "broken");
        await answer;

        var listed = await FindAsync(host.Id);
        Assert.Equal((0, 1L, 1L), Counts(listed));
        Assert.Equal((WorkerStatus.Types.Kind.Attached, WorkerStatus.Types.State.Ready, ""), (listed.Kind, listed.State, listed.Address));
        await host.DisposeAsync();
        await Eventually.TrueAsync(
            async () => (await server.Client.WorkersAsync()).All(worker => worker.WorkerId != host.Id), "it is listed no more");
    }

    [Fact]
    public async Task A_worker_is_known_by_its_address_where_it_has_no_id_and_may_move()
    {
        await using var first = await FakeWorker.StartAsync();
        await using var second = await FakeWorker.StartAsync();
        var id = (await AddAsync("", first.Address)).WorkerId;
        Assert.Equal(first.Address, id);
        await server.Client.WorkerIsAsync(id, WorkerStatus.Types.State.Ready);
        await AddAsync(id, second.Address);
        await server.Client.WorkerIsAsync(id, WorkerStatus.Types.State.Ready);
        var listed = await FindAsync(id);
        Assert.Equal((WorkerStatus.Types.Kind.Announced, second.Address), (listed.Kind, listed.Address));

        Assert.True((await RemoveAsync(id)).Removed);
        Assert.False((await RemoveAsync(id)).Removed);
    }

    [Theory]
    [InlineData("", "localhost")]
    [InlineData("", "")]
    [InlineData("w", "http://localhost:1")]
    [InlineData("w", "localhost:99999")]
    public async Task What_is_no_address_is_refused(string id, string address) =>
        await AddAsync(id, address).RefusedAsync(RpcCode.InvalidArgument, address.Length == 0 && id.Length == 0 ? "worker_id" : "is not HOST:PORT");

    [Fact]
    public async Task One_id_is_one_kind_of_host()
    {
        await using var host = await AttachedClient.StartAsync(server.Client);
        await AddAsync(host.Id, "localhost:1").RefusedAsync(RpcCode.AlreadyExists, host.Id);
        await RemoveAsync(host.Id).RefusedAsync(RpcCode.FailedPrecondition, host.Id);
        await using var worker = await FakeWorker.StartAsync();
        await AddAsync(worker.Id, worker.Address);
        await using var other = await AttachedClient.StartRawAsync(
            server.Client, new HostMessage { Hello = new Hello { HostId = worker.Id } });
        Assert.Equal(RpcCode.AlreadyExists, (await other.EndedAsync()).Code);
        await RemoveAsync(worker.Id);
    }

    [Fact]
    public async Task A_stream_that_does_not_begin_with_a_sound_hello_is_refused()
    {
        foreach (var first in new HostMessage[]
        {
            new() { Withdrawal = new Withdrawal() },
            new() { Hello = new Hello { HostId = new string('x', 129) } },
            new() { Hello = new Hello { HostId = "two\nlines" } },
            new() { Hello = new Hello { HostId = "x", MaxConcurrentCalls = -1 } },
        })
        {
            await using var host = await AttachedClient.StartRawAsync(server.Client, first);
            Assert.Equal(RpcCode.InvalidArgument, (await host.EndedAsync()).Code);
        }
    }

    [Fact]
    public async Task What_a_host_takes_back_is_the_sessions_no_more()
    {
        var session = server.NewSession();
        await session.InitializeAsync();
        await using var host = await AttachedClient.StartAsync(server.Client);
        await host.OfferAsync(session, "a", "b");
        await host.SendAsync(new HostMessage { Withdrawal = new Withdrawal { SessionId = session.Id, ToolNames = { "a" } } });

        // In order: the answer to this offer comes behind the withdrawal.
        await host.OfferAsync(session, "c");
        Assert.Equal(["b", "c"], (await session.ToolsAsync()).Select(tool => tool.Spec.Name).Order());
        await host.SendAsync(new HostMessage { Withdrawal = new Withdrawal { SessionId = "no such session" } });
        var refused = await host.OfferAsync("no such session", new Protocol.Bridge.ToolSpec { Name = "t" });
        Assert.Equal((false, "Session not found: no such session"), (refused.Success, refused.ErrorMessage));
        var bad = await host.OfferAsync(session.Id, new Protocol.Bridge.ToolSpec { Name = "not a name" });
        Assert.StartsWith("INVALID_ARGUMENT: ", bad.ErrorMessage, StringComparison.Ordinal);
    }

    private static (int InFlight, long Calls, long Failed) Counts(WorkerStatus status) =>
        (status.CallsInFlight, status.Calls, status.FailedCalls);

    private async Task<WorkerStatus> FindAsync(string id) =>
        Assert.Single(await server.Client.WorkersAsync(), worker => worker.WorkerId == id);

    private Task<AddWorkerResponse> AddAsync(string id, string address) => server.Client.CallAsync<AddWorkerResponse>(
        BridgeClient.ToolsService, "AddWorker", new AddWorkerRequest { WorkerId = id, Address = address });

    private Task<RemoveWorkerResponse> RemoveAsync(string id) => server.Client.CallAsync<RemoveWorkerResponse>(
        BridgeClient.ToolsService, "RemoveWorker", new RemoveWorkerRequest { WorkerId = id });
}
