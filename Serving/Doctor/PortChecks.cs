using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Serving.Settings.Groups;
using Snakepit.Transport;

namespace Snakepit.Serving.Doctor;

/// <summary>Whether a server could listen where it is told to, and who does so already.</summary>
public static class PortChecks
{
    /// <summary>What names the ports of calls.</summary>
    internal static string OfCalls { get; } = $"{ListenGroup.Port.Option} or {ListenGroup.Listen.Option}";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Where calls are taken.</summary>
    /// <param name="endpoint">Where a server would listen.</param>
    /// <param name="certificate">What it would show; null = it speaks no TLS there.</param>
    /// <param name="isStoreServed">Whether a server uses the store; null = it is not one server's alone.</param>
    /// <param name="earlier">Where the same server listens by then.</param>
    public static Task<Finding> CallsAsync(
        GrpcEndpoint endpoint, X509Certificate2? certificate, bool? isStoreServed, IReadOnlyList<TakenPlace> earlier) =>
        CheckAsync(new Place("port", OfCalls, ListenGroup.Listen.Option, PingAsync), endpoint, certificate, isStoreServed, earlier);

    /// <summary>Where probes and scrapers are answered; as above.</summary>
    public static Task<Finding> AdminAsync(
        GrpcEndpoint endpoint, X509Certificate2? certificate, bool? isStoreServed, IReadOnlyList<TakenPlace> earlier) =>
        CheckAsync(
            new Place("admin port", AdminGroup.Admin.Option, AdminGroup.Admin.Option, LookAsync), endpoint, certificate, isStoreServed, earlier);

    private static async Task<Finding> CheckAsync(
        Place place, GrpcEndpoint endpoint, X509Certificate2? certificate, bool? isStoreServed, IReadOnlyList<TakenPlace> earlier)
    {
        var subject = place.Subject;
        if (PortClash.Check(subject, place.PortOption, endpoint, earlier) is { } clash)
        {
            return clash;
        }

        try
        {
            GrpcServer.TryListen(endpoint);
            return isStoreServed == true
                ? Finding.Doubtful(subject, $"{endpoint} is free, but a server uses the store", "that one listens elsewhere; a second one on its store does not start")
                : Finding.Good(subject, $"{endpoint} is free");
        }
        catch (EndpointUnavailableException taken)
        {
            var advice = ListenAdvice.For(taken, place.AddressOption, place.PortOption);
            if (taken.InnerException is not SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
            {
                return Finding.Bad(subject, taken.Message, advice);
            }

            var reachable = Reachable(endpoint);
            return !await (certificate is null ? place.Answers(reachable.ToString()) : TlsChecks.IsShownAtAsync(reachable, certificate))
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

    /// <param name="Subject">What it is, in a word or two.</param>
    /// <param name="PortOption">What names its port.</param>
    /// <param name="AddressOption">What names its address.</param>
    /// <param name="Answers">Whether one of ours answers there.</param>
    private sealed record Place(string Subject, string PortOption, string AddressOption, Func<string, Task<bool>> Answers);
}
