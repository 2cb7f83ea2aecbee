using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Snakepit.Tests.Interop;

/// <summary>A Prometheus that scrapes one target each second, with the rules of `deploy/monitoring`, until disposed.</summary>
internal sealed class Prometheus : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("snakepit-prometheus-");
    private readonly HttpClient _http;
    private readonly Process _process;

    private Prometheus(string program, int target)
    {
        var port = FreePort.Next();
        var configuration = Path.Combine(_folder.FullName, "prometheus.yml");
        File.WriteAllText(configuration, string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            global:
              scrape_interval: 1s
              evaluation_interval: 1s
            rule_files:
              - {{SourceTree.Full("deploy/monitoring/alerts.yml")}}
            scrape_configs:
              - job_name: snakepit
                static_configs:
                  - targets: ["127.0.0.1:{{target}}"]
            """));
        _http = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/api/v1/")) };
        _process = Process.Start(new ProcessStartInfo(
            program,
            [
                $"--config.file={configuration}",
                $"--storage.tsdb.path={Path.Combine(_folder.FullName, "data")}",
                string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
                "--log.level=error",
            ])
        {
            RedirectStandardError = true,
        })!;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
    }

    /// <summary>One that is ready: before, it listens already and refuses what it is asked.</summary>
    public static async Task<Prometheus> StartAsync(int target)
    {
        var prometheus = new Prometheus(
            Commands.Find("prometheus") ?? throw new ToolMissingException("prometheus is not installed (Debian: prometheus)"), target);
        try
        {
            await UntilAsync("its being ready", prometheus.ReadyAsync);
            return prometheus;
        }
        catch
        {
            await prometheus.DisposeAsync();
            throw;
        }
    }

    /// <summary>The results of an expression now.</summary>
    public async Task<IReadOnlyList<JsonElement>> QueryAsync(string expression)
    {
        using var form = new FormUrlEncodedContent([new("query", expression)]);
        using var answer = await _http.PostAsync(new Uri("query", UriKind.Relative), form, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{expression}\n{text}");
        return [.. JsonDocument.Parse(text).RootElement.GetProperty("data").GetProperty("result").EnumerateArray()];
    }

    /// <summary>Waits until an expression has a result.</summary>
    public Task<IReadOnlyList<JsonElement>> ResultAsync(string expression) => UntilAsync(expression, () => QueryAsync(expression));

    /// <summary>The expressions of all alerts.</summary>
    public async Task<IReadOnlyList<(string Name, string Expression)>> AlertsAsync() =>
        [.. (await GetAsync("rules")).GetProperty("groups").EnumerateArray()
            .SelectMany(group => group.GetProperty("rules").EnumerateArray())
            .Select(rule => (rule.GetProperty("name").GetString()!, rule.GetProperty("query").GetString()!))];

    /// <summary>Waits until an alert is pending or fires.</summary>
    public Task RaisedAsync(string alert) => UntilAsync<JsonElement>(alert, async () =>
        [.. (await GetAsync("alerts")).GetProperty("alerts").EnumerateArray()
            .Where(raised => raised.GetProperty("labels").GetProperty("alertname").GetString() == alert)]);

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<IReadOnlyList<bool>> ReadyAsync()
    {
        using var answer = await _http.GetAsync(new Uri("/-/ready", UriKind.Relative), TestContext.Current.CancellationToken);
        return answer.IsSuccessStatusCode ? [true] : [];
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        var text = await _http.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return JsonDocument.Parse(text).RootElement.GetProperty("data");
    }

    // It tells nobody when it has scraped: it must be asked.
    private static async Task<IReadOnlyList<T>> UntilAsync<T>(string what, Func<Task<IReadOnlyList<T>>> ask)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                if (await ask() is { Count: > 0 } results)
                {
                    return results;
                }
            }
            catch (HttpRequestException) when (since.Elapsed < Patience)
            {
                // It has not started to listen.
            }

            Assert.True(since.Elapsed < Patience, $"nothing within {Patience} for {what}");
            await Task.Delay(Pace, TestContext.Current.CancellationToken);
        }
    }
}
