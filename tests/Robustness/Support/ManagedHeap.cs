using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Snakepit.Tests.Robustness.Support;

/// <summary>
/// What a server still holds on to: it is made to collect all garbage, as tools that diagnose .NET do (the runtime's
/// diagnostic socket, whose protocol the runtime documents), and its metrics then say what is left.
/// </summary>
/// <param name="processId">The server's.</param>
/// <param name="adminPort">Where it answers /metrics.</param>
internal sealed class ManagedHeap(int processId, int adminPort) : IDisposable
{
    /// <summary>The runtime's provider, and its keyword that has it collect at once.</summary>
    private const string Provider = "Microsoft-Windows-DotNETRuntime";
    private const ulong CollectHeap = 0x800000;

    private static readonly byte[] Magic = "DOTNET_IPC_V1\0"u8.ToArray();

    private readonly HttpClient _http = new() { BaseAddress = new Uri($"http://127.0.0.1:{adminPort}") };

    /// <summary>Bytes of objects that are in use, after a collection of everything.</summary>
    public async Task<long> LiveBytesAsync()
    {
        // What waits to be finalized is let go of by the second one.
        for (var time = 0; time < 2; time++)
        {
            var before = await CollectionsAsync();
            await CollectAsync();
            await Deadlines.UntilAsync("a collection of everything", CollectionsAsync, now => now > before);
        }

        var page = await _http.GetStringAsync("/metrics");
        return Sum(page, "dotnet_gc_last_collection_heap_size_bytes{") - Sum(page, "dotnet_gc_last_collection_heap_fragmentation_size_bytes{");
    }

    public void Dispose() => _http.Dispose();

    private async Task<long> CollectionsAsync() =>
        Sum(await _http.GetStringAsync("/metrics"), "dotnet_gc_collections_total{gc_heap_generation=\"gen2\"}");

    private static long Sum(string page, string beginning) => page.Split('\n')
        .Where(line => line.StartsWith(beginning, StringComparison.Ordinal))
        .Sum(line => (long)double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    // A session of events that begins with a collection, and is over when its first bytes are here.
    private async Task CollectAsync()
    {
        var path = Assert.Single(Directory.GetFiles(Path.GetTempPath(), $"dotnet-diagnostic-{processId}-*-socket"));
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        await socket.SendAsync(Request());
        Assert.NotEqual(0, await socket.ReceiveAsync(new byte[256]));
    }

    private static byte[] Request()
    {
        const uint Megabytes = 1, NetTrace = 1, Providers = 1, Informational = 4;
        const byte EventPipe = 2, CollectTracing = 2;
        using var payload = new MemoryStream();
        using var writer = new BinaryWriter(payload);
        writer.Write(Megabytes);
        writer.Write(NetTrace);
        writer.Write(Providers);
        writer.Write(CollectHeap);
        writer.Write(Informational);
        writer.Write((uint)Provider.Length + 1);
        writer.Write(Encoding.Unicode.GetBytes(Provider + '\0'));
        writer.Write(0u);

        var header = BitConverter.GetBytes((ushort)(Magic.Length + 6 + payload.Length));
        return [.. Magic, .. header, EventPipe, CollectTracing, 0, 0, .. payload.ToArray()];
    }
}
