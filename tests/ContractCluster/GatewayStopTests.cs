using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Snakepit.Bridge;
using Snakepit.Bridge.Health;
using Snakepit.GrpcGateway;

namespace Snakepit.Tests.Contract;

/// <summary>The services behind a gateway end in their own time, however little its callers were given.</summary>
public sealed class GatewayStopTests
{
    [Fact]
    public async Task Without_grace_for_calls_the_services_still_have_time_to_stop()
    {
        var service = new Leaving();
        await using var gateway = new GatewayHost(new GatewayOptions
        {
            Health = new HealthStatus(),
            Methods = _ => new MethodTable(),
            ConfigureServices = services => services.AddSingleton<IHostedService>(service),
        });
        await gateway.StartAsync(TestContext.Current.CancellationToken);

        await gateway.StopAsync(TimeSpan.Zero);

        Assert.True(service.HasStopped);
    }

    /// <summary>One that says goodbye, as the cluster's client does.</summary>
    private sealed class Leaving : IHostedService
    {
        public bool HasStopped { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            await Task.CompletedTask.WaitAsync(cancellationToken);
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            HasStopped = true;
        }
    }
}
