using System.Security.Cryptography.X509Certificates;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Serving.CommandLine;
using Snakepit.Transport;

namespace Snakepit.Serving.Doctor;

/// <summary>Whether a server could listen where it is told to, and who does so already.</summary>
public static class PortChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Where calls are taken.</summary>
    /// <param name="endpoint">Where a server would listen.</param>
    /// <param name="certificate">What it would show; null = it speaks no TLS there.</param>
    /// <param name="isStoreServed">Whether a server uses the store; null = it is not one server's alone.</param>
    public static Task<Finding> CallsAsync(GrpcEndpoint endpoint, X509Certificate2? certificate, bool? isStoreServed) =>
        CheckAsync("port", endpoint, certificate, isStoreServed, PingAsync);

    /// <summary>Where probes and scrapers are answered; as above.</summary>
    public static Task<Finding> AdminAsync(GrpcEndpoint endpoint, X509Certificate2? certificate, bool? isStoreServed) =>
        CheckAsync("admin port", endpoint, certificate, isStoreServed, LookAsync);

    private static async Task<Finding> CheckAsync(
        string subject, GrpcEndpoint endpoint, X509Certificate2? certificate, bool? isStoreServed, Func<string, Task<bool>> answers)
    {
        try
        {
            GrpcServer.TryListen(endpoint);
            return isStoreServed == true
                ? Finding.Doubtful(subject, $"{endpoint} is free, but a server uses the store", "that one listens elsewhere; a second one on its store does not start")
                : Finding.Good(subject, $"{endpoint} is free");
        }
        catch (EndpointUnavailableException taken)
        {
            var advice = $"end what listens there ({Starting.WhoListens(endpoint.Port)}), or choose another port";
            var reachable = Reachable(endpoint);
            return !await (certificate is null ? answers(reachable.ToString()) : TlsChecks.IsShownAtAsync(reachable, certificate))
                ? Finding.Bad(subject, taken.Message, advice)
                : isStoreServed == false
                    ? Finding.Bad(subject, $"{endpoint}: a snakepit serves there already, with another store", advice)
                    : Finding.Good(subject, $"{endpoint}: a snakepit serves there already");
        }
    }

    private static GrpcEndpoint Reachable(GrpcEndpoint endpoint) =>
        endpoint.Host is "*" or "0.0.0.0" or "::" ? endpoint with { Host = "localhost" } : endpoint;

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
