using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Calculator;
using Snakepit.Bridge.Watching;
using Snakepit.Storage.Hosting;

namespace Snakepit.Sidecar;

/// <summary>
/// Sees regularly to what time brings: ends what has expired, lets idle sessions leave memory, sends the
/// heartbeats of watches; until it is disposed of.
/// </summary>
internal sealed class Sweep : IAsyncDisposable
{
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _end = new();
    private readonly SessionDirectory _sessions;
    private readonly WatchHub _watches;
    private readonly Calculations _calculations;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _running;

    public Sweep(
        SessionDirectory sessions, WatchHub watches, Calculations calculations, SidecarOptions options, ILogger logger)
    {
        _sessions = sessions;
        _watches = watches;
        _calculations = calculations;
        _time = options.TimeProvider;
        _logger = logger;
        _running = Task.WhenAll(
            RepeatAsync(LongestInterval, SweepOnceAsync),
            RepeatAsync(HeartbeatInterval(options.Watches.Heartbeat), SweepWatchesAsync));
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _end.Dispose();
    }

    // A heartbeat comes at most a tenth late.
    private static TimeSpan HeartbeatInterval(TimeSpan heartbeat) => TimeSpan.FromTicks(
        Math.Clamp(heartbeat.Ticks / 10, ShortestInterval.Ticks, LongestInterval.Ticks));

    private async Task RepeatAsync(TimeSpan interval, Func<Task> sweep)
    {
        using var timer = new PeriodicTimer(interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
            {
                await TryAsync(sweep);
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private Task SweepWatchesAsync()
    {
        _watches.Sweep();
        return Task.CompletedTask;
    }

    private async Task SweepOnceAsync()
    {
        await _sessions.SweepAsync(_end.Token);
        if (await _calculations.SweepAsync(_time.GetUtcNow(), _end.Token) is > 0 and var expired)
        {
            _logger.CalculationsExpired(expired);
        }
    }

    /// <summary>A sweep that failed is made up for by the next.</summary>
    private async Task TryAsync(Func<Task> sweep)
    {
        try
        {
            await sweep();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            _logger.SweepFailed(failure);
        }
    }
}
