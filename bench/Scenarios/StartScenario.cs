namespace Snakepit.Bench.Scenarios;

/// <summary>From the start of the process to its word that it serves, with an empty store.</summary>
internal sealed class StartScenario() : Scenario("Start to GRPC_READY")
{
    public override async Task<IReadOnlyList<Figure>> RunAsync(BenchOptions options)
    {
        await using var server = await MeasuredServer.StartAsync(options);
        return
        [
            new Figure("elapsed", server.StartTime.TotalMilliseconds, "ms"),
            new Figure("server CPU", server.ProcessorTime.TotalMilliseconds, "ms"),
        ];
    }
}
