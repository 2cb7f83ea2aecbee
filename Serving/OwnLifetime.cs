using Microsoft.Extensions.Hosting;

namespace Snakepit.Serving;

/// <summary>The process that holds the host decides when it ends; the usual lifetime would listen to signals.</summary>
public sealed class OwnLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
