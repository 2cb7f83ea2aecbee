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
    public Task Not_one_of_a_million_messages_is_answered_otherwise() => FuzzMessagesAsync(cases: 1_000_000);

    private static async Task FuzzMessagesAsync(int cases)
    {
        await using var process = await ServerProcess.StartInMemoryAsync("--max-value-bytes", "1MiB");
        using var server = new FuzzedServer(new IPEndPoint(IPAddress.Loopback, process.Port), () => process.ResidentBytes);
        var statuses = await new MessageFuzzer(server, FuzzRun.Of(cases)).RunAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{statuses}; {server.Memory}");
        await process.StopAsync();
        Assert.DoesNotContain((await process.Errors).Split('\n'), line => line.Contains(" error ", StringComparison.Ordinal) || line.StartsWith("   at ", StringComparison.Ordinal));
    }
}
