using System.Net;
using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Telemetry;

namespace Snakepit.Sidecar.Workers;

/// <summary>A pool of workers that are processes of this machine, and the folder that they say in that they are ready.</summary>
internal sealed class LaunchedWorkers : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;

    private LaunchedWorkers(WorkerPoolOptions options, IPEndPoint server, TelemetryHub events, TimeProvider time, ILogger logger)
    {
        _folder = Directory.CreateTempSubdirectory("snakepit-workers-");
        var launcher = new ProcessLauncher(options, AddressFor(server), Guid.NewGuid().ToString("N")[..8], _folder, logger);
        Pool = new WorkerPool(options, launcher, Random.Shared.NextDouble, events, time, logger);
    }

    public WorkerPool Pool { get; }

    /// <summary>Launches them; does not wait for them.</summary>
    /// <param name="options">What to launch.</param>
    /// <param name="server">Where this process listens: the workers call it there.</param>
    /// <param name="events">Where their telemetry goes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told of the workers, and what they print.</param>
    public static LaunchedWorkers Start(
        WorkerPoolOptions options, IPEndPoint server, TelemetryHub events, TimeProvider time, ILogger logger)
    {
        var workers = new LaunchedWorkers(options, server, events, time, logger);
        logger.WorkersLaunched(options.Workers, options.Command[0]);
        workers.Pool.Start();
        return workers;
    }

    public async ValueTask DisposeAsync()
    {
        await Pool.DisposeAsync();
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // Someone has cleaned up, or still writes there: it is a folder for such things.
        }
    }

    /// <summary>The address by which this machine reaches what listens there.</summary>
    private static string AddressFor(IPEndPoint server)
    {
        var host = server.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : server.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : server.Address;
        return new IPEndPoint(host, server.Port).ToString();
    }
}
