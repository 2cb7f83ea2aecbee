using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Graph;

public sealed class OptimizationTests(SharedServer server)
{
    private const string Locked = "locked for optimization by holder";

    [Fact]
    public async Task A_hold_shows_and_ends_with_the_value_then()
    {
        var session = await HeldAsync();

        var status = (await session.GetAsync("x")).OptimizationStatus;
        Assert.True(status.Optimizing);
        Assert.Equal("holder", status.OptimizerId);
        Assert.NotEmpty(status.OptimizationId);
        Assert.InRange(status.StartedAt.ToDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));

        await session.SetAsync(By(session.Setting("x", Json.Integer(5)), "holder"));
        var stopped = await session.StopOptimizationAsync("x", "holder");

        Assert.True(stopped.Success);
        Assert.Equal("5", stopped.FinalValue.Text());
        Assert.Null((await session.GetAsync("x")).OptimizationStatus);
        Assert.True((await session.SetAsync("x", 6)).Success);
    }

    [Fact]
    public async Task While_held_nobody_else_sets_deletes_or_rolls_back()
    {
        var session = await HeldAsync();
        var revision = (await session.DescribeAsync()).Revision;

        await session.SetAsync("x", 1).RefusedAsync(RpcCode.FailedPrecondition, Locked);
        await session.SetAsync(By(session.Setting("x", Json.Integer(1)), "other")).RefusedAsync(RpcCode.FailedPrecondition, Locked);
        await session.DeleteAsync("x").RefusedAsync(RpcCode.FailedPrecondition, Locked);
        await session.RollBackAsync("x", 0).RefusedAsync(RpcCode.FailedPrecondition, Locked);
        var batch = await session.SetManyAsync(session.Batch(true, ("x", 1), ("y", 1)));
        Assert.False(batch.Success);
        Assert.Contains(Locked, Assert.Single(batch.Errors).Value, StringComparison.Ordinal);

        Assert.Equal(revision, (await session.DescribeAsync()).Revision);
        Assert.True((await session.SetAsync("y", 1)).Success);
    }

    [Fact]
    public async Task The_holder_sets_in_batches_and_rolls_back()
    {
        var session = await HeldAsync();
        var batch = session.Batch(true, ("x", 7), ("y", 8));
        batch.Metadata.Add("optimizer_id", "holder");
        Assert.True((await session.SetManyAsync(batch)).Success);

        var back = await session.CallAsync<RollbackVariableResponse>("RollbackVariable", new RollbackVariableRequest
        {
            SessionId = session.Id,
            VariableIdentifier = "x",
            TargetVersion = 0,
            Metadata = { ["optimizer_id"] = "holder" },
        });

        Assert.Equal("0", back.Variable.Text());
    }

    [Fact]
    public async Task A_hold_has_one_holder_who_may_ask_again()
    {
        var session = await HeldAsync();
        var id = (await session.GetAsync("x")).OptimizationStatus.OptimizationId;

        await session.StartOptimizationAsync("x", "other").RefusedAsync(RpcCode.FailedPrecondition, Locked);

        Assert.Equal(id, (await session.StartOptimizationAsync("x", "holder")).OptimizationId);
    }

    [Fact]
    public async Task Of_many_that_start_at_once_one_holds()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x");

        var started = await Task.WhenAll(Enumerable.Range(0, 20).Select(async n =>
        {
            try
            {
                return (await session.StartOptimizationAsync("x", $"optimizer-{n}")).Success;
            }
            catch (RpcException refused) when (refused.Status.Code == RpcCode.FailedPrecondition)
            {
                return false;
            }
        }));

        Assert.Single(started, success => success);
    }

    [Fact]
    public async Task Another_stops_only_by_force()
    {
        var session = await HeldAsync();

        await session.StopOptimizationAsync("x", "other").RefusedAsync(RpcCode.FailedPrecondition, Locked);

        Assert.Equal("0", (await session.StopOptimizationAsync("x", "other", force: true)).FinalValue.Text());
        Assert.True((await session.StartOptimizationAsync("x", "other")).Success);
    }

    [Fact]
    public async Task Stopping_what_nobody_holds_is_refused()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x");

        await session.StopOptimizationAsync("x").RefusedAsync(RpcCode.FailedPrecondition, "x is not being optimized");
        await session.StopOptimizationAsync("y").RefusedExactlyAsync(RpcCode.NotFound, "Variable not found: y");
        await session.StartOptimizationAsync("y", "o").RefusedExactlyAsync(RpcCode.NotFound, "Variable not found: y");
        await session.StartOptimizationAsync("x", "").RefusedAsync(RpcCode.InvalidArgument, "optimizer_id");
    }

    [Fact]
    public async Task Watchers_see_a_hold_begin_and_end()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x");
        using var watch = await session.WatchAsync();

        await session.StartOptimizationAsync("x", "holder");
        await session.StopOptimizationAsync("x", "holder");

        var began = await watch.NextAsync("optimization_change");
        var ended = await watch.NextAsync("optimization_change");
        Assert.Equal("holder", began.Variable.OptimizationStatus.OptimizerId);
        Assert.Null(ended.Variable.OptimizationStatus);
        Assert.Equal(began.Revision + 1, ended.Revision);
        Assert.Single(await session.HistoryAsync("x"));
    }

    private static SetVariableRequest By(SetVariableRequest request, string optimizer)
    {
        request.Metadata["optimizer_id"] = optimizer;
        return request;
    }

    private async Task<SessionClient> HeldAsync()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x");
        await session.RegisterAsync("y");
        await session.StartOptimizationAsync("x", "holder");
        return session;
    }
}
