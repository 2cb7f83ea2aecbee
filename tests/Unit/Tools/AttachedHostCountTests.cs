using Snakepit.Bridge.Tools;
using Snakepit.Bridge.Tools.Attached;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Tools;

namespace Snakepit.Tests.Unit.Tools;

/// <summary>What an attached host counts as its calls.</summary>
public sealed class AttachedHostCountTests
{
    [Fact]
    public async Task A_call_that_has_no_room_is_not_one_of_the_hosts_calls()
    {
        var settings = ToolSettings.Default with { MaxCallsPerHost = 1, MaxWaitingCalls = 1 };
        var host = new AttachedHost("h", new Hello(), settings, TimeProvider.System);
        using var given = new CancellationTokenSource();
        var call = new ToolCall(new ExecuteToolRequest { ToolName = "t" }, "c", TimeSpan.FromMinutes(1));
        var running = host.ExecuteAsync(call, given.Token).AsTask();
        var waiting = host.ExecuteAsync(call, given.Token).AsTask();

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await host.ExecuteAsync(call, given.Token));

        Assert.Equal(RpcCode.ResourceExhausted, refused.Status.Code);
        Assert.Equal((1, 2L, 0L), Counts(host));
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal((0, 2L, 2L), Counts(host));
    }

    private static (int InFlight, long All, long Failed) Counts(AttachedHost host)
    {
        var status = host.Describe();
        return (status.CallsInFlight, status.Calls, status.FailedCalls);
    }
}
