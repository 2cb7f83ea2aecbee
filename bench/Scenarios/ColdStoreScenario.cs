using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Transport;

namespace Snakepit.Bench.Scenarios;

/// <summary>A start on a store that holds sessions, and what the first Get of a session costs that is not in memory.</summary>
internal sealed class ColdStoreScenario(int sessions) : Scenario(NameOf(sessions))
{
    public const string ColdGet = "Get of a cold session";

    // The fewest a store must have for that many to be asked for.
    public const int Few = 1_000;
    public const int Many = 1_000_000;

    // Written once, for all rounds.
    private string? _folder;

    public static string NameOf(int sessions) => $"{sessions} stored sessions, {sessions * StoredSessions.ChangesPerSession} changes";

    public override bool Suits(Contender contender) => contender is SidecarContender;

    public override async Task<IReadOnlyList<Figure>> RunAsync(Contender contender, BenchOptions options)
    {
        await using var server = await ((SidecarContender)contender).StartAsync(await FolderAsync());
        using var channel = new RpcChannel($"127.0.0.1:{server.Port}");
        await AskAsync(channel, 0);
        var times = new List<double>(Few);
        for (var n = 1; n < Few; n++)
        {
            var since = Stopwatch.GetTimestamp();
            await AskAsync(channel, (int)((long)n * sessions / Few));
            times.Add(Stopwatch.GetElapsedTime(since).TotalMicroseconds);
        }

        times.Sort();
        return
        [
            new Figure(StartScenario.Elapsed, server.StartTime.TotalMilliseconds, "ms"),
            new Figure(StartScenario.Idle, server.PrivateBytes / 1048576.0, "MiB"),
            new Figure(ColdGet, times[times.Count / 2], "µs"),
        ];
    }

    public override ValueTask DisposeAsync()
    {
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }

        return base.DisposeAsync();
    }

    private static async Task AskAsync(RpcChannel channel, int session)
    {
        var call = BridgeDialect.Get(StoredSessions.Name(session), BridgeDialect.Variable(3));
        await channel.CallAsync(call.Path, call.Request, Empty.Parser);
    }

    private async Task<string> FolderAsync()
    {
        if (_folder is null)
        {
            _folder = Directory.CreateTempSubdirectory("snakepit-bench-").FullName;
            await StoredSessions.WriteAsync(_folder, sessions);
        }

        return _folder;
    }
}
