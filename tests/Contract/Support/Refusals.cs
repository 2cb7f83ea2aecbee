using Snakepit.Protocol.Rpc;

namespace Snakepit.Tests.Contract.Support;

/// <summary>What is asserted of a call that must be refused.</summary>
public static class Refusals
{
    /// <summary>The call ends with this code, and its message contains these words.</summary>
    public static async Task RefusedAsync(this Task call, RpcCode code, string words)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.True(
            refused.Status.Code == code && refused.Status.Message.Contains(words, StringComparison.Ordinal),
            $"expected {code} with '{words}', got {refused.Message}");
    }

    /// <summary>The call ends with exactly this status.</summary>
    public static async Task RefusedExactlyAsync(this Task call, RpcCode code, string message)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal(new RpcStatus(code, message), refused.Status);
    }
}
