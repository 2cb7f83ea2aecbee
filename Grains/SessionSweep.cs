using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Snakepit.Grains;

/// <summary>
/// What time brings to the sessions of a silo, once a second: idle ones leave memory, those that have expired end.
/// Every silo asks the store which have expired, as any of them may be the last one; their owners decide.
/// </summary>
internal sealed class SessionSweep(
    SiloSessions silo, IGrainFactory grains, TimeProvider time, ILogger<SessionSweep> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await silo.Directory.SweepAsync(
                    (key, token) => grains.GetGrain<ISessionGrain>(SessionGrainKey.Of(key)).ExpireAsync(token),
                    stoppingToken);
                silo.DropUnused();
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                logger.SweepFailed(failure);
            }
        }
    }
}
