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
}

internal static class Servers
{
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
            catch (RpcException failure) when (failure.Status.Code == RpcCode.Unavailable)
            {
                await servers.UnavailableAsync(client, failure);
            }
        }
    }
}
