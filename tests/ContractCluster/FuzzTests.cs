using System.Net;
using Snakepit.Tests.Contract.Support;
using Snakepit.Tests.Robustness.Fuzz;

namespace Snakepit.Tests.Contract;

/// <summary>Whatever is sent to the gateway, it answers others and keeps its insides to itself.</summary>
public sealed class FuzzTests
{
    [Fact]
    public async Task Messages_that_are_odd_or_damaged_are_answered_with_a_status()
    {
        await using var cluster = await ServerUnderTest.StartNewAsync();
        using var server = new FuzzedServer(IPEndPoint.Parse(cluster.Address), residentBytes: null);
        TestContext.Current.TestOutputHelper?.WriteLine(await new MessageFuzzer(server, FuzzRun.Of(cases: 1_500)).RunAsync());
    }

    [Fact]
    public async Task Connections_on_which_something_is_wrong_are_answered_or_ended()
    {
        await using var cluster = await ServerUnderTest.StartNewAsync();
        using var server = new FuzzedServer(IPEndPoint.Parse(cluster.Address), residentBytes: null);
        await new WireFuzzer(server, FuzzRun.Of(cases: 500)).RunAsync();
    }
}
