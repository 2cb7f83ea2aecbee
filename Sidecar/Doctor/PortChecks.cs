using System.Globalization;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Sidecar.Doctor;

/// <summary>Whether a server could listen where it is told to, and who does so already.</summary>
internal static class PortChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Where calls are taken.</summary>
    public static Task<Finding> CallsAsync(GrpcEndpoint endpoint) => CheckAsync("port", endpoint, PingAsync);

    /// <summary>Where probes and scrapers are answered.</summary>
    public static Task<Finding> AdminAsync(GrpcEndpoint endpoint) => CheckAsync("admin port", endpoint, LookAsync);

    private static async Task<Finding> CheckAsync(string subject, GrpcEndpoint endpoint, Func<string, Task<bool>> isOurs)
    {
        try
        {
            GrpcServer.TryListen(endpoint);
            return Finding.Good(subject, $"{endpoint} is free");
        }
        catch (EndpointUnavailableException taken)
        {
            return await isOurs(TargetOf(endpoint))
                ? Finding.Good(subject, $"{endpoint}: a snakepit serves there already")
                : Finding.Bad(subject, taken.Message, $"end what listens there (`ss -ltnp 'sport = :{endpoint.Port.ToString(CultureInfo.InvariantCulture)}'` names it), or choose another port");
        }
    }

    private static string TargetOf(GrpcEndpoint endpoint)
    {
        var host = endpoint.Host is "*" or "0.0.0.0" or "::" ? "localhost" : endpoint.Host;
        return new GrpcEndpoint(host, endpoint.Port).ToString();
    }

    private static async Task<bool> PingAsync(string target)
    {
        using var channel = new RpcChannel(target);
        try
        {
            await channel.CallAsync(
                "/snakepit.bridge.BridgeService/Ping",
                new PingRequest { Message = "doctor" },
                PingResponse.Parser,
                new RpcCallOptions { Timeout = Patience });
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }

    private static async Task<bool> LookAsync(string target)
    {
        using var http = new HttpClient { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://{target}/healthz"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
