using Snakepit.Protocol.Bridge;
using Snakepit.Tests.Robustness.Fuzz;
using Snakepit.Tests.Robustness.Support;
using Snakepit.Tests.Robustness.Validation;

namespace Snakepit.Tests.Robustness;

/// <summary>More than the server can bear: it serves what it has accepted, and ends with the memory that it began with.</summary>
public sealed class OverloadTests
{
    [Fact]
    public async Task A_client_that_opens_10_000_streams_keeps_nobody_from_being_served()
    {
        const int Streams = 10_000;
        await using var server = await ServerProcess.StartInMemoryAsync();
        await server.Client.RegisterAsync("s", "x");
        using (var greedy = new BridgeClient(server.Port))
        {
            var watches = Enumerable.Range(0, Streams).Select(_ => greedy.Watch(new WatchVariablesRequest { SessionId = "s" })).ToList();
            await Task.WhenAll(watches.Select(watch => watch.ResponseHeaders)).Within("the headers of all streams");
            Assert.Equal(Streams, (await server.Client.DescribeAsync("s")).WatcherCount);
            await server.Client.SetAsync("s", "x", "seen by all");
            var updates = await Task.WhenAll(watches.Select(watch => watch.ReadAsync().AsTask())).Within("the update at all streams");
            Assert.All(updates, update => Assert.Equal("seen by all", BridgeClient.Unpack(update!.Variable.Value)));
            watches.ForEach(watch => watch.Dispose());
        }

        await Deadlines.UntilAsync("the end of all watches", () => server.Client.DescribeAsync("s"), session => session.WatcherCount == 0);
    }

    [Fact]
    public Task Random_traffic_leaves_the_memory_as_it_was() => SoakAsync(rounds: 3, cases: 1_500);

    /// <summary>The same for longer; run by hand, see README.md.</summary>
    [Fact(Explicit = true)]
    public Task An_hour_of_random_traffic_leaves_the_memory_as_it_was() => SoakAsync(rounds: 50, cases: 20_000);

    // The first round is what the others are compared with: code is compiled and pools are filled by then.
    private static async Task SoakAsync(int rounds, int cases)
    {
        await using var process = await ServerProcess.StartInMemoryAsync("--max-value-bytes", "1MiB", "--idle", "1s");
        using var server = new FuzzedServer(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, process.Port), () => process.ResidentBytes);
        var memory = new List<long>();
        for (var round = 0; round < rounds; round++)
        {
            await new MessageFuzzer(server, new FuzzRun(Seed: round, First: 0, cases)).RunAsync();
            foreach (var session in await process.Client.SessionsAsync())
            {
                await process.Client.CallAsync<CleanupSessionResponse>("CleanupSession", new CleanupSessionRequest { SessionId = session.SessionId });
            }

            memory.Add(process.ResidentBytes);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"resident after each round, MiB: {string.Join(", ", memory.Select(bytes => bytes >> 20))}");
        Validators.Check(History.Empty with { Footprints = [new Footprint("the server", memory[0], memory[^1], 128L * 1024 * 1024)] });
    }
}
