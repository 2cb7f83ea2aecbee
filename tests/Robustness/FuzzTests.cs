using System.Net;
using Snakepit.Tests.Robustness.Fuzz;
using Snakepit.Tests.Robustness.Support;

namespace Snakepit.Tests.Robustness;

/// <summary>Whatever is sent to the server, it answers others, keeps its memory bounded and its insides to itself.</summary>
public sealed class FuzzTests
{
    [Fact]
    public Task Messages_that_are_odd_or_damaged_are_answered_with_a_status() => FuzzMessagesAsync(cases: 8_000);

    /// <summary>The same for longer; run by hand, see README.md.</summary>
    [Fact(Explicit = true)]
    public Task Not_one_of_a_million_messages_is_answered_otherwise() => FuzzMessagesAsync(cases: 1_000_000, isByHand: true);

    [Fact]
    public Task Connections_on_which_something_is_wrong_are_answered_or_ended() => FuzzConnectionsAsync(cases: 3_000);

    /// <summary>The same for longer; run by hand, see README.md.</summary>
    [Fact(Explicit = true)]
    public Task Not_one_of_200_000_broken_connections_harms_another() => FuzzConnectionsAsync(cases: 200_000, isByHand: true);

    private static async Task FuzzConnectionsAsync(int cases, bool isByHand = false)
    {
        await using var process = await ServerProcess.StartInMemoryAsync();
        using var server = new FuzzedServer(new IPEndPoint(IPAddress.Loopback, process.Port), () => process.ResidentBytes);
        await new WireFuzzer(server, FuzzRun.Of(cases, isByHand)).RunAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(server.Memory);
        await EndAsync(process);
    }

    private static async Task EndAsync(ServerProcess process)
    {
        await process.StopAsync();
        Assert.DoesNotContain((await process.Errors).Split('\n'), IsOfABug);
    }

    // Kestrel's decoder of headers stumbles over some that are none, says so in a warning, and ends the connection, as it should.
    private static bool IsOfABug(string line) =>
        line.Contains(" error ", StringComparison.Ordinal) || line.TrimStart().StartsWith("at Snakepit.", StringComparison.Ordinal);

    private static async Task FuzzMessagesAsync(int cases, bool isByHand = false)
    {
        await using var process = await ServerProcess.StartInMemoryAsync("--max-value-bytes", "1MiB");
        using var server = new FuzzedServer(new IPEndPoint(IPAddress.Loopback, process.Port), () => process.ResidentBytes);
        var statuses = await new MessageFuzzer(server, FuzzRun.Of(cases, isByHand)).RunAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{statuses}; {server.Memory}");
        await EndAsync(process);
    }
}
