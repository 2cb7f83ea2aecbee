namespace Snakepit.Bench;

/// <summary>Reads `/metrics`, as Prometheus does.</summary>
internal sealed class Scraper(int adminPort) : IDisposable
{
    private readonly HttpClient _http = new();
    private readonly Uri _page = new($"http://127.0.0.1:{adminPort}/metrics");

    /// <summary>Once. Fails where the page has no calls in it: then it is not what is measured.</summary>
    public async Task ScrapeAsync()
    {
        var text = await _http.GetStringAsync(_page);
        if (!text.Contains("rpc_server_call_duration_seconds_count", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{_page} counts no calls");
        }
    }

    public void Dispose() => _http.Dispose();
}
