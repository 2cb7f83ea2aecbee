namespace Snakepit.Tests.Interop;

/// <summary>Debian's grpcio: every RPC and every status.</summary>
public sealed class PythonTests
{
    private const string Client = "tests/Interop/python/bridge_client.py";
    private const string Drain = "tests/Interop/python/drain_client.py";

    public static Task<IReadOnlyCollection<TheoryDataRow<Check>>> Checks() =>
        CheckList.RunAsync("bridge_client.py", () => Python.ScriptAsync(Client));

    [Theory]
    [MemberData(nameof(Checks), DisableDiscoveryEnumeration = true)]
    public void Grpcio(Check check) => check.Verify();

    [Fact]
    public async Task A_watch_ends_with_UNAVAILABLE_when_the_server_is_told_to_end()
    {
        var client = await Needed.Async(Python.ScriptAsync(Drain));
        await using var sidecar = await SidecarProcess.StartAsync();
        Task<int>? stopped = null;

        var ended = await client.RunAsync(
            line =>
            {
                if (line == "watching")
                {
                    stopped = sidecar.StopAsync();
                }
            },
            sidecar.Target);

        var check = Assert.Single(ended.Output.Select(Check.Parse).OfType<Check>());
        check.Verify();
        Assert.NotNull(stopped);
        Assert.Equal(0, await stopped);
    }

    [Fact]
    public async Task The_tour_runs()
    {
        var script = await Needed.Async(Python.ScriptAsync("examples/python/tour.py"));
        await using var sidecar = await SidecarProcess.StartAsync();

        var ended = await script.RunAsync(sidecar.Target);

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Contains("history: [(3, 1.5), (2, 1.1), (1, 0.9), (0, 0.7)]", ended.Text, StringComparison.Ordinal);
    }
}
