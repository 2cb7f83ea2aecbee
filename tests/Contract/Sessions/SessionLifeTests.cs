using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Sessions;

public sealed class SessionLifeTests(SharedServer server)
{
    [Fact]
    public async Task Registering_a_variable_makes_the_session()
    {
        var session = server.NewSession();
        Assert.False(await session.HeartbeatAsync());

        await session.RegisterAsync("x");

        Assert.True(await session.HeartbeatAsync());
        Assert.Equal(1, (await session.DescribeAsync()).VariableCount);
    }

    [Fact]
    public async Task A_refused_registration_makes_no_session()
    {
        var session = server.NewSession();

        await session.RegisterAsync("x", Json.Of("no_such_type", "1")).RefusedAsync(RpcCode.InvalidArgument, "no_such_type");

        Assert.False(await session.HeartbeatAsync());
    }

    [Fact]
    public async Task GetSession_counts_and_dates()
    {
        var session = server.NewSession();
        var before = DateTimeOffset.UtcNow;
        await session.InitializeAsync(ttlSeconds: 500);
        await session.RegisterAsync("x");
        var registered = await session.RegisterAsync("y");
        var set = await session.SetAsync("x", 1);

        var described = await session.DescribeAsync();

        Assert.Equal(session.Id, described.SessionId);
        Assert.Equal(2, described.VariableCount);
        Assert.Equal(0, described.ToolCount);
        Assert.Equal(registered.Revision + 1, set.Revision);
        Assert.Equal(set.Revision, described.Revision);
        Assert.InRange(described.CreatedAt.ToDateTimeOffset(), before.AddSeconds(-1), DateTimeOffset.UtcNow);
        var left = described.ExpiresAt.ToDateTimeOffset() - DateTimeOffset.UtcNow;
        Assert.InRange(left.TotalSeconds, 490, 500);
    }

    [Fact]
    public async Task A_session_without_a_ttl_of_its_own_lives_for_an_hour()
    {
        var session = server.NewSession();
        await session.InitializeAsync();

        var left = (await session.DescribeAsync()).ExpiresAt.ToDateTimeOffset() - DateTimeOffset.UtcNow;

        Assert.InRange(left.TotalSeconds, 3_590, 3_600);
    }

    [Fact]
    public async Task Watchers_are_counted_and_leave_when_they_cancel()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x");
        using var first = await session.WatchAsync();
        using (await session.WatchAsync("x"))
        {
            Assert.Equal(2, (await session.DescribeAsync()).WatcherCount);
        }

        await Eventually.TrueAsync(
            async () => (await session.DescribeAsync()).WatcherCount == 1, "the watcher that cancelled is gone");
        first.Dispose();
        await Eventually.TrueAsync(
            async () => (await session.DescribeAsync()).WatcherCount == 0, "nobody watches");
    }

    [Fact]
    public async Task Cleaning_up_counts_the_variables_once()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x");
        await session.RegisterAsync("y");

        var first = await session.CleanUpAsync();
        var second = await session.CleanUpAsync();

        Assert.Equal((true, 2), (first.Success, first.ResourcesCleaned));
        Assert.Equal((true, 0), (second.Success, second.ResourcesCleaned));
        Assert.False(await session.HeartbeatAsync());
        await session.GetAsync("x").RefusedExactlyAsync(RpcCode.NotFound, $"Session not found: {session.Id}");
    }

    [Fact]
    public async Task Cleaning_up_succeeds_for_ids_that_no_session_has()
    {
        foreach (var id in new[] { "", "nobody", new string('x', 1_000) })
        {
            var answer = await server.Client.Session(id).CleanUpAsync();

            Assert.Equal((true, 0), (answer.Success, answer.ResourcesCleaned));
        }
    }

    [Fact]
    public async Task Heartbeat_never_fails()
    {
        foreach (var id in new[] { "", "nobody", new string('x', 1_000), "tab\t" })
        {
            Assert.False(await server.Client.Session(id).HeartbeatAsync());
        }

        var answer = await server.Client.BridgeAsync<HeartbeatResponse>("Heartbeat", new HeartbeatRequest { SessionId = "nobody" });
        Assert.InRange(answer.ServerTime.ToDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
    }

    [Fact]
    public async Task Revisions_and_ids_never_return_when_a_session_is_made_again()
    {
        var session = server.NewSession();
        var first = await session.RegisterAsync("x");
        var highest = (await session.SetAsync("x", 1)).Revision;
        await session.CleanUpAsync();

        await session.InitializeAsync();
        Assert.True((await session.DescribeAsync()).Revision >= highest);
        var second = await session.RegisterAsync("x");

        Assert.True(second.Revision > highest, $"revision {second.Revision} after {highest}");
        Assert.NotEqual(first.VariableId, second.VariableId);
        Assert.Equal(0, (await session.GetAsync("x")).Version);
        await session.GetAsync(first.VariableId).RefusedAsync(RpcCode.NotFound, $"Variable not found: {first.VariableId}");
    }

    [Fact]
    public async Task Nothing_of_a_session_comes_back_with_its_id()
    {
        var session = server.NewSession();
        await session.InitializeAsync(new() { ["owner"] = "first" }, ttlSeconds: 100);
        var request = session.Registering("x", Json.Integer(1));
        request.RequestId = "once";
        await session.RegisterAsync(request);
        await session.CleanUpAsync();

        await session.InitializeAsync();

        var described = await session.DescribeAsync();
        Assert.Empty(described.Metadata);
        Assert.Equal(0, described.VariableCount);
        Assert.True((described.ExpiresAt - described.CreatedAt).Seconds > 3_000);
        Assert.False((await session.RegisterAsync(request)).AlreadyRegistered);
        Assert.Equal(1, (await session.DescribeAsync()).VariableCount);
    }

    [Fact]
    public async Task Sessions_do_not_see_each_other()
    {
        var one = server.NewSession();
        var other = server.NewSession();
        var registered = await one.RegisterAsync("x", 1);
        await other.RegisterAsync("y", 2);

        await other.GetAsync("x").RefusedAsync(RpcCode.NotFound, "Variable not found: x");
        await other.GetAsync(registered.VariableId).RefusedAsync(RpcCode.NotFound, "not found");
        Assert.Equal(["y"], await other.ListAsync());
    }
}
