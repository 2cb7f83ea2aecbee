using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;

namespace Snakepit.Tests.Robustness.Fuzz;

/// <summary>
/// Sends messages to every method: as a client would, with odd values in them, and damaged. Each is answered with a status,
/// in time, and none of them with that of a bug or with anything of the server's insides.
/// </summary>
internal sealed class MessageFuzzer(FuzzedServer server, FuzzRun run)
{
    private const int AtOnce = 16;

    /// <summary>Repeated within repeated can come to 50 MiB; what is longer is cut off, as time is what would be tested then.</summary>
    private const int Longest = 1024 * 1024;

    /// <summary>What a deadline in the midst of a stream looks like, and what no bug does.</summary>
    private const string Unknown = "2";
    private const string Internal = "13";

    private readonly ConcurrentDictionary<string, int> _statuses = new();

    /// <summary>Answers with how often each status came.</summary>
    public async Task<string> RunAsync()
    {
        await server.AssertWellAsync([]);
        foreach (var batch in run.Batches())
        {
            await FillAsync();
            var cases = batch.Select(Case).ToList();
            var wrong = new ConcurrentQueue<string>();
            await Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (one, _) =>
            {
                if (await WrongAsync(one) is { } found)
                {
                    wrong.Enqueue($"{found}: {one}");
                }
            });
            Assert.True(wrong.IsEmpty, string.Join(Environment.NewLine, wrong.Take(5)));
            await server.AssertWellAsync(cases);
        }

        return string.Join(", ", _statuses.OrderByDescending(status => status.Value).Select(status => $"status {status.Key}: {status.Value}"));
    }

    // What the batches before have ended or deleted, so that requests find what they are about.
    private async Task FillAsync()
    {
        foreach (var session in Enumerable.Range(0, RequestMaker.Sessions).Select(number => $"fuzz{number}"))
        {
            foreach (var request in RequestMaker.Filling(session))
            {
                await FuzzCall.SendAsync(server, "/snakepit.bridge.BridgeService/RegisterVariable", request.ToByteArray(), "20S");
            }
        }
    }

    private FuzzCase Case(int number)
    {
        var random = FuzzCase.Chance(run.Seed, number);
        var method = FuzzedMethods.All[random.Next(FuzzedMethods.All.Count)];
        var kind = random.Next(10);
        var bytes = new RequestMaker(random, oddity: kind < 2 ? 0 : 8).Make(method.InputType).ToByteArray();
        bytes = bytes.Length <= Longest ? bytes : bytes[..Longest];
        return new FuzzCase(run.Seed, number, FuzzedMethods.PathOf(method), kind < 6 ? bytes : Mutation.Of(bytes, random));
    }

    private async Task<string?> WrongAsync(FuzzCase one)
    {
        // A stream goes on for ever, and a tool's host may take what time it likes.
        var mayWait = FuzzedMethods.MayWait.Contains(one.What);
        try
        {
            var answer = await FuzzCall.SendAsync(server, one.What, one.Bytes, mayWait ? "20m" : "50S");
            _statuses.AddOrUpdate(answer.Status ?? $"HTTP {answer.Http}", 1, static (_, count) => count + 1);
            return answer switch
            {
                { Http: not HttpStatusCode.OK } => $"answered HTTP {answer.Http}",
                { Status: null } => "answered without a status",
                { Status: Internal or Unknown } => $"answered as a bug, {answer.Status}: {answer.Message}",
                { Status: "4" } when !mayWait => $"not answered in time: {answer.Message}",
                _ => FuzzedServer.Leak(answer.Message),
            };
        }
        catch (HttpRequestException) when (mayWait)
        {
            // The deadline can cut a stream's answer off.
            return null;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            return $"not answered: {failure.Message}";
        }
    }
}
