namespace Snakepit.Bench;

/// <summary>Reads `/metrics` each second, as Prometheus does where it is impatient, until disposed of.</summary>
internal sealed class Scraper : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly HttpClient _http = new();
    private readonly Task _scraping;

    public Scraper(int adminPort) => _scraping = ScrapeAsync(new Uri($"http://127.0.0.1:{adminPort}/metrics"));

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _scraping;
        _http.Dispose();
        _over.Dispose();
    }

    /// <summary>Fails where a page has no calls in it: then it is not what is measured.</summary>
    private async Task ScrapeAsync(Uri page)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (await timer.WaitForNextTickAsync(_over.Token))
            {
                var text = await _http.GetStringAsync(page, _over.Token);
                if (!text.Contains("rpc_server_call_duration_seconds_count", StringComparison.Ordinal))
                {
                    throw new InvalidOperationException($"{page} counts no calls");
                }
            }
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
        }
    }
}
