using Snakepit.Grains;
using Snakepit.Sessions;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Cluster.InProcess;

public sealed class CalculatorGrainTests(ClusterDatabase database) : ClusterTests(database)
{
    [Fact]
    public async Task A_calculation_survives_its_activation()
    {
        var (cluster, calculation) = await OpenAsync(new ClusterSettings());
        Assert.Equal(5, (await calculation.AddAsync(3)).Value);
        await cluster.Orleans.DeactivateAsync(calculation);
        Assert.Equal(10, (await calculation.MultiplyAsync(2)).Value);
        await cluster.Orleans.DeactivateAsync(calculation);
        Assert.Equal(10, (await calculation.EndAsync()).Value);
        Assert.Equal(RefusalKind.NotFound, (await calculation.AddAsync(1)).Refusal?.Kind);
    }

    [Fact]
    public async Task A_calculation_that_nobody_uses_for_its_idle_time_has_ended()
    {
        var (_, calculation) = await OpenAsync(new ClusterSettings { CalculationIdleTime = TimeSpan.FromSeconds(1) });

        // What is refused is no use of it.
        Assert.Equal(RefusalKind.Invalid, (await calculation.DivideAsync(0)).Refusal?.Kind);
        await Eventually.TrueAsync(
            async () => (await calculation.DivideAsync(0)).Refusal?.Kind == RefusalKind.NotFound, "the calculation is not found");
        Assert.Equal(RefusalKind.NotFound, (await calculation.EndAsync()).Refusal?.Kind);
    }

    [Fact]
    public async Task Operations_on_one_token_are_carried_out_in_turn()
    {
        var (_, calculation) = await OpenAsync(new ClusterSettings { Silos = 2 });
        var replies = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => calculation.AddAsync(1).AsTask()));
        Assert.Equal(Enumerable.Range(3, 100).Select(value => (double)value), replies.Select(reply => reply.Value).Order());
        Assert.Equal(102, (await calculation.EndAsync()).Value);
    }

    private async Task<(TestedCluster Cluster, ICalculatorGrain Calculation)> OpenAsync(ClusterSettings settings)
    {
        var cluster = await StartAsync(settings);
        var calculation = cluster.Orleans.Client.GetGrain<ICalculatorGrain>("token");
        Assert.Equal(2, (await calculation.CreateAsync(2)).Value);
        return (cluster, calculation);
    }
}
