using System.Diagnostics;
using System.Globalization;
using System.Net;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Robustness.Fuzz;
using Snakepit.Tests.Robustness.Support;
using Snakepit.Tests.Robustness.Validation;

namespace Snakepit.Tests.Robustness;

/// <summary>More than the server can bear: it serves what it has accepted, and ends with the memory that it began with.</summary>
public sealed class OverloadTests
{
    private static readonly string[] SoakOptions = ["--max-value-bytes", "1MiB", "--idle", "1s"];

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
    public async Task Clients_that_send_most_of_a_request_and_stop_cost_no_more_than_the_budget_and_keep_nobody_from_being_served()
    {
        const int Clients = 60;
        const int Sent = 7 * 1024 * 1024;
        await using var server = await ServerProcess.StartInMemoryAsync("--max-message-bytes", "8MiB", "--max-incomplete-bytes", "32MiB");
        await server.Client.RegisterAsync("s", "x");
        var before = server.ResidentBytes;
        using var http = new HttpClient();
        var calls = Enumerable.Range(0, Clients).Select(_ => StalledCall.SendAsync(http, server.Port, Sent)).ToList();

        // What fits stays, and the rest is refused: 420 MiB were sent.
        await Deadlines.UntilAsync(
            "the refusal of what does not fit",
            () => Task.FromResult(calls.Count(call => call.IsCompletedSuccessfully)),
            refused => refused >= Clients - (32 / 7));
        Assert.All(
            calls.Where(call => call.IsCompleted),
            call => Assert.Equal(((int)RpcCode.ResourceExhausted).ToString(CultureInfo.InvariantCulture), call.Result));
        await server.Client.SetAsync("s", "x", "served");
        Assert.Equal("served", await server.Client.GetAsync("s", "x"));
        Validators.Check(History.Empty with { Footprints = [new Footprint("the server", before, server.ResidentBytes, 200L * 1024 * 1024)] });
    }

    // The first round is what the others are compared with: code is compiled and pools are filled by then.
    [Fact]
    public async Task Random_traffic_leaves_the_memory_as_it_was()
    {
        await using var process = await ServerProcess.StartInMemoryAsync(SoakOptions);
        var memory = new List<long>();
        for (var round = 0; round < 3; round++)
        {
            await TrafficAsync(process, round, cases: 1_500);
            memory.Add(process.ResidentBytes);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"resident after each round, MiB: {string.Join(", ", memory.Select(bytes => bytes >> 20))}");
        Validators.Check(History.Empty with { Footprints = [new Footprint("the server", memory[0], memory[^1], 128L * 1024 * 1024)] });
    }

    /// <summary>
    /// The same for longer, and of what is held on to each byte counts; run by hand, see README.md. Compared are the
    /// means of the rounds of the second minute and of the last: a round's end is a moment, and not every one is alike.
    /// </summary>
    [Fact(Explicit = true)]
    public async Task Half_an_hour_of_random_traffic_leaves_the_memory_as_it_was()
    {
        var minutes = double.Parse(Environment.GetEnvironmentVariable("SNAKEPIT_SOAK_MINUTES") ?? "30", CultureInfo.InvariantCulture);
        var admin = FreePort.Next();
        await using var process = await ServerProcess.StartInMemoryAsync(
            [.. SoakOptions, "--max-calculations", "1000", "--admin", $"127.0.0.1:{admin}"]);
        using var heap = new ManagedHeap(process.Id, admin);
        var rounds = new List<(double Minute, long Live, long Resident)>();
        for (var began = Stopwatch.StartNew(); began.Elapsed.TotalMinutes < minutes;)
        {
            await TrafficAsync(process, rounds.Count, cases: 5_000);
            var (minute, live, resident) = (began.Elapsed.TotalMinutes, await heap.LiveBytesAsync(), process.ResidentBytes);
            rounds.Add((minute, live, resident));
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{minute,5:0.0} min  live {live / 1024.0 / 1024:0.00} MiB  resident {resident >> 20} MiB"));
        }

        var warm = rounds.Where(round => round.Minute is > 1 and < 3).DefaultIfEmpty(rounds[0]).ToList();
        var last = rounds.Where(round => round.Minute > rounds[^1].Minute - 2).ToList();
        Validators.Check(History.Empty with
        {
            Footprints =
            [
                new Footprint("what is in use", Mean(warm, round => round.Live), Mean(last, round => round.Live), 4L * 1024 * 1024),
                new Footprint("the process", Mean(warm, round => round.Resident), Mean(last, round => round.Resident), 64L * 1024 * 1024),
            ],
        });
    }

    private static long Mean<T>(IEnumerable<T> rounds, Func<T, long> of) => (long)rounds.Average(of);

    // Whatever it has made is ended again.
    private static async Task TrafficAsync(ServerProcess process, int seed, int cases)
    {
        using var server = new FuzzedServer(new IPEndPoint(IPAddress.Loopback, process.Port), () => process.ResidentBytes);
        await new MessageFuzzer(server, new FuzzRun(seed, First: 0, cases)).RunAsync();
        foreach (var session in await process.Client.SessionsAsync())
        {
            await process.Client.CallAsync<CleanupSessionResponse>("CleanupSession", new CleanupSessionRequest { SessionId = session.SessionId });
        }
    }
}
