using System.Net;

namespace Snakepit.Tests.Robustness.Fuzz;

/// <summary>The server that is shown what it should not be shown, and whether it is well.</summary>
/// <param name="address">Where it listens.</param>
/// <param name="residentBytes">Its memory; null where it cannot be told from the tests' own.</param>
internal sealed class FuzzedServer(IPEndPoint address, Func<long>? residentBytes) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>What a message to a client never has: frames of a stack, files of the source, names of types.</summary>
    private static readonly string[] Secrets = ["   at ", ".cs:", "/work/", "/home/", "/root/", "System.", "Google.Protobuf.", "Exception"];

    private readonly HttpClient _http = NewClient(address);
    private readonly long _before = residentBytes?.Invoke() ?? 0;

    public IPEndPoint Address => address;

    public HttpClient Http => _http;

    /// <summary>By how much its memory may grow, whatever it was sent: some messages of 64 MiB at once among it.</summary>
    public long MemoryBound { get; init; } = 1024L * 1024 * 1024;

    /// <summary>What of an answer's text should not be there; null if nothing.</summary>
    public static string? Leak(string text) =>
        Secrets.FirstOrDefault(secret => text.Contains(secret, StringComparison.Ordinal)) is { } found ? $"'{found}' in: {text}" : null;

    /// <summary>It answers Ping, and its memory is within bounds.</summary>
    /// <param name="suspects">What it was sent since it was well.</param>
    public async Task AssertWellAsync(IReadOnlyCollection<FuzzCase> suspects)
    {
        string? wrong;
        try
        {
            var answer = await FuzzCall.SendAsync(this, "/snakepit.bridge.BridgeService/Ping", [], "10S").WaitAsync(Patience);
            wrong = answer.Status == "0" ? null : $"Ping was answered {answer}";
        }
        catch (Exception failure) when (failure is HttpRequestException or TimeoutException or TaskCanceledException)
        {
            wrong = $"Ping was not answered: {failure.Message}";
        }

        if (residentBytes?.Invoke() is { } now && now - _before > MemoryBound)
        {
            wrong ??= $"its memory grew from {_before >> 20} MiB to {now >> 20} MiB";
        }

        Assert.True(wrong is null, $"{wrong}; after one of{Environment.NewLine}{string.Join(Environment.NewLine, suspects.TakeLast(50))}");
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Its memory now, for the record.</summary>
    public string Memory => residentBytes is null ? "" : $"memory {_before >> 20} MiB before, {residentBytes() >> 20} MiB after";

    private static HttpClient NewClient(IPEndPoint address) => new(new SocketsHttpHandler { EnableMultipleHttp2Connections = true })
    {
        BaseAddress = new Uri($"http://{address}"),
        Timeout = TimeSpan.FromSeconds(60),
    };
}
