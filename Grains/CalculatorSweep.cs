using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Snakepit.Storage.Postgres;

namespace Snakepit.Grains;

/// <summary>Has calculations ended that nobody has used for too long, though nobody asks for them any more.</summary>
internal sealed class CalculatorSweep(
    PostgresCalculations stored,
    CalculatorPolicy policy,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<CalculatorSweep> logger) : BackgroundService
{
    private const int AtOnce = 256;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                logger.SweepFailed(failure);
            }
        }
    }

    private async Task SweepAsync(CancellationToken cancellation)
    {
        var tokens = await stored.ListUnusedAsync(time.GetUtcNow() - policy.IdleTime, AtOnce, cancellation);
        await Task.WhenAll(tokens.Select(token => grains.GetGrain<ICalculatorGrain>(token).ExpireAsync().AsTask()));
        if (tokens.Count > 0)
        {
            logger.CalculationsExpired(tokens.Count);
        }
    }
}
