using Microsoft.Extensions.Logging;

namespace Snakepit.Serving;

/// <summary>
/// Sees regularly to what time brings, until it is disposed of. One run at a time; a run that failed is logged
/// and made up for by the next. One that fails as the one before did is logged once a minute.
/// </summary>
public sealed class Sweep : IAsyncDisposable
{
    private static readonly TimeSpan ToldAgainAfter = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _end = new();
    private readonly Func<CancellationToken, Task> _once;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Task _running;
    private (string Message, long At)? _told;

    private Sweep(TimeSpan interval, Func<CancellationToken, Task> once, TimeProvider time, ILogger logger)
    {
        _once = once;
        _logger = logger;
        _time = time;
        _running = RepeatAsync(interval);
    }

    /// <summary>Starts one. The first run comes after the first interval.</summary>
    /// <param name="interval">From the begin of one run to the next; a run that takes longer delays it.</param>
    /// <param name="once">One run; it is cancelled when the sweep ends.</param>
    /// <param name="time">The clock of the interval.</param>
    /// <param name="logger">Where a run that failed is told.</param>
    public static Sweep Every(TimeSpan interval, Func<CancellationToken, Task> once, TimeProvider time, ILogger logger) =>
        new(interval, once, time, logger);

    /// <summary>Ends it, and waits for the run that is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _end.Dispose();
    }

    private async Task RepeatAsync(TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
            {
                await TryOnceAsync();
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task TryOnceAsync()
    {
        try
        {
            await _once(_end.Token);
            _told = null;
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !_end.IsCancellationRequested)
        {
            if (_told is not var (message, at) || message != failure.Message || _time.GetElapsedTime(at) >= ToldAgainAfter)
            {
                _told = (failure.Message, _time.GetTimestamp());
                _logger.SweepFailed(failure);
            }
        }
    }
}
