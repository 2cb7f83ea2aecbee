using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Calculator;
using Snakepit.Storage.Hosting;

namespace Snakepit.Sidecar;

/// <summary>Ends every second what has expired, and lets idle sessions leave memory, until it is disposed of.</summary>
internal sealed class Sweep : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _end = new();
    private readonly SessionDirectory _sessions;
    private readonly Calculations _calculations;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _running;

    public Sweep(SessionDirectory sessions, Calculations calculations, TimeProvider time, ILogger logger)
    {
        _sessions = sessions;
        _calculations = calculations;
        _time = time;
        _logger = logger;
        _running = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _end.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
            {
                await TryAsync(() => _sessions.SweepAsync(_end.Token));
                await TryAsync(SweepCalculationsAsync);
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task SweepCalculationsAsync()
    {
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
