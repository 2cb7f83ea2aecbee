using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Health;

namespace Snakepit.GrpcGateway.Cluster;

/// <summary>
/// Whether the gateway can serve: connected to the cluster, and the store reachable. Asked once a second; the health
/// service and `/readyz` say what was found.
/// </summary>
internal sealed class ClusterReadiness : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ReportedReadiness _readiness;
    private readonly Func<CancellationToken, Task> _pingStore;
    private readonly TimeProvider _time;
    private volatile bool _isConnected = true;

    /// <param name="health">Told what is found.</param>
    /// <param name="pingStore">Throws where the store cannot be reached.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told when it changes.</param>
    public ClusterReadiness(
        HealthStatus health, Func<CancellationToken, Task> pingStore, TimeProvider time, ILogger<ClusterReadiness> logger)
    {
        _readiness = new ReportedReadiness(health, logger, "not connected to the cluster yet");
        _pingStore = pingStore;
        _time = time;
    }

    /// <summary>Why the gateway is not ready, in one line; null = it is.</summary>
    public string? Reason => _readiness.Reason;

    /// <summary>Takes note of how many silos the client is connected to.</summary>
    public void NoteSilos(int connected) => _isConnected = connected > 0;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        do
        {
            _readiness.Tell(_isConnected ? await AskStoreAsync(stoppingToken) : "no silo of the cluster can be reached");
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<string?> AskStoreAsync(CancellationToken cancellation)
    {
        try
        {
            await _pingStore(cancellation);
            return null;
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            return $"the store cannot be reached: {failure.Message}";
        }
    }
}
