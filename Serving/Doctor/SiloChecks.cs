using System.Net;
using System.Net.Sockets;
using Snakepit.Serving.Settings;
using Snakepit.Serving.Settings.Groups;
using Snakepit.Storage.Postgres;
using Snakepit.Transport;

namespace Snakepit.Serving.Doctor;

/// <summary>The silos of a cluster, as its table and the network have them.</summary>
public static class SiloChecks
{
    private const string Subject = "silos";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>For a gateway, which serves nothing without one.</summary>
    public static async Task<Finding> ForGatewayAsync(string clusterId, IReadOnlyList<ListedSilo> silos)
    {
        var (reached, others) = await ReachAsync(silos, silo => silo.GatewayPort);
        return (silos, reached, others) switch
        {
            ([], _, _) => Finding.Doubtful(
                Subject, $"cluster {clusterId} has none", "start one, or look what --cluster-id, --database-schema and SNAKEPIT_DATABASE its silos have; a gateway waits for it"),
            (_, [], _) => Finding.Bad(
                Subject,
                $"none of cluster {clusterId} can be connected to: {string.Join(", ", others)}",
                "look whether they run, whether --advertise of each is an address that this machine reaches, and what is between"),
            (_, _, []) => Finding.Good(Subject, $"{clusterId} has {Count(silos)}, which can be connected to: {string.Join(", ", reached)}"),
            _ => Finding.Doubtful(
                Subject,
                $"of {Count(silos)} some cannot be connected to: {string.Join(", ", others)}",
                "one that has just ended leaves the table within seconds; else look whether --advertise of it is an address that this machine reaches"),
        };
    }

    /// <summary>For a silo that would join the others.</summary>
    /// <param name="clusterId">Theirs and its own.</param>
    /// <param name="own">Where it would listen for them.</param>
    /// <param name="silos">Those of the table, perhaps itself.</param>
    public static async Task<Finding> ForSiloAsync(string clusterId, GrpcEndpoint own, IReadOnlyList<ListedSilo> silos)
    {
        if (silos is [])
        {
            return Finding.Good(Subject, $"cluster {clusterId} has none yet; this would be the first");
        }

        var (reached, others) = await ReachAsync(silos, silo => silo.Port);
        var foreign = silos.Where(silo => !IsLoopback(silo.Address)).Select(silo => silo.Address).Distinct().ToList();
        return IsLoopback(own.Host) && foreign is not []
            ? Finding.Bad(
                Subject,
                $"those of cluster {clusterId} are at {string.Join(", ", foreign)}, and cannot reach this one at {own.Host}",
                "name this machine's address in their network with --advertise")
            : others is not []
                ? Finding.Doubtful(
                    Subject,
                    $"cluster {clusterId} calls active what cannot be connected to: {string.Join(", ", others)}",
                    "if they have ended they are taken out when this one joins; if they run, it cannot join until it reaches them")
                : Finding.Good(Subject, $"{clusterId} has {Count(silos)}, which can be connected to: {string.Join(", ", reached)}");
    }

    /// <summary>A port of a silo. One that this very cluster has given to a silo is in good hands.</summary>
    /// <param name="subject">Which port.</param>
    /// <param name="setting">What names it.</param>
    /// <param name="endpoint">Where it would listen.</param>
    /// <param name="ofSilos">Where those of the cluster do.</param>
    /// <param name="earlier">Where the same process listens by then.</param>
    public static Finding Port(
        string subject, Setting<int> setting, GrpcEndpoint endpoint, IEnumerable<(string Address, int Port)> ofSilos, params IReadOnlyList<TakenPlace> earlier)
    {
        if (PortClash.Check(subject, setting.Option, endpoint, earlier) is { } clash)
        {
            return clash;
        }

        try
        {
            GrpcServer.TryListen(endpoint);
            return Finding.Good(subject, $"{endpoint} is free");
        }
        catch (EndpointUnavailableException taken)
        {
            return ofSilos.Contains((endpoint.Host, endpoint.Port))
                ? Finding.Good(subject, $"{endpoint}: a silo of this cluster serves there already")
                : Finding.Bad(subject, taken.Message, ListenAdvice.For(taken, ClusterGroup.Advertise.Option, setting.Option));
        }
    }

    private static bool IsLoopback(string address) => IPAddress.TryParse(address, out var parsed) && IPAddress.IsLoopback(parsed);

    private static string Count(IReadOnlyList<ListedSilo> silos) => silos is [_] ? "1 silo" : $"{silos.Count} silos";

    private static async Task<(IReadOnlyList<string> Reached, IReadOnlyList<string> Others)> ReachAsync(
        IReadOnlyList<ListedSilo> silos, Func<ListedSilo, int> port)
    {
        var endpoints = silos.Select(silo => new GrpcEndpoint(silo.Address, port(silo))).ToList();
        var answers = await Task.WhenAll(endpoints.Select(AnswersAsync));
        var found = endpoints.Zip(answers).ToLookup(pair => pair.Second, pair => pair.First.ToString());
        return ([.. found[true]], [.. found[false]]);
    }

    private static async Task<bool> AnswersAsync(GrpcEndpoint endpoint)
    {
        using var client = new TcpClient();
        using var late = new CancellationTokenSource(Patience);
        try
        {
            await client.ConnectAsync(endpoint.Host, endpoint.Port, late.Token);
            return true;
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
