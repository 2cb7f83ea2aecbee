using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Robustness.Support;

namespace Snakepit.Tests.Robustness.Load;

/// <summary>Where one client of a load finds a server to call, whatever has become of the one before.</summary>
internal interface IServers
{
    /// <summary>The one to call now; waits for it if need be.</summary>
    Task<BridgeClient> ClientAsync();

    /// <summary>A call of that client was answered UNAVAILABLE. Ends when it is time to call again.</summary>
    Task UnavailableAsync(BridgeClient client, RpcException failure);

    /// <summary>Whether a server may take longer than a call waits: elsewhere such a call has found a fault.</summary>
    bool MayStandStill => false;
}

internal static class Servers
{
    /// <summary>Whether nobody can know what became of the call, so that it is to be made again.</summary>
    public static bool IsWithoutAnswer(this IServers servers, RpcException failure) =>
        failure.Status.Code == RpcCode.Unavailable || (servers.MayStandStill && failure.Status.Code == RpcCode.DeadlineExceeded);

    /// <summary>Calls until there is an answer, so what is called must be safe to repeat. Refusals are thrown.</summary>
    public static async Task<T> CallAsync<T>(this IServers servers, Func<BridgeClient, Task<T>> call)
    {
        while (true)
        {
            var client = await servers.ClientAsync();
            try
            {
                return await call(client);
            }
            catch (RpcException failure) when (servers.IsWithoutAnswer(failure))
            {
                await servers.UnavailableAsync(client, failure);
            }
        }
    }
}
