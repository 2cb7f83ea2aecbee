using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Tools;
using Snakepit.Grains;
using Snakepit.Protocol.Storing;

namespace Snakepit.GrpcGateway.Cluster;

/// <summary>
/// Tells the other gateways which hosts of tools this one has, and hears of theirs: every two seconds, and whenever
/// there is something to tell or someone asks. While the cluster does not answer, what was last heard holds.
/// </summary>
internal sealed class HostExchange : BackgroundService, IHostExchange
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    // Who waits for an exchange can do without it: it is not worth more.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly string _gateway = Guid.NewGuid().ToString("N");
    private readonly Lock _gate = new();
    private readonly ToolHosts _hosts;
    private readonly Func<string> _address;
    private readonly IClusterClient _cluster;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private TaskCompletionSource _next = NewRound();
    private TaskCompletionSource _woken = NewRound();
    private bool _isKnown;

    /// <param name="hosts">Those of this gateway.</param>
    /// <param name="address">HOST:PORT at which the others reach it; asked once it listens.</param>
    /// <param name="cluster">Where the others are.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told when the cluster does not answer.</param>
    public HostExchange(
        ToolHosts hosts, Func<string> address, IClusterClient cluster, TimeProvider time, ILogger<HostExchange> logger)
    {
        (_hosts, _address, _cluster, _time, _logger) = (hosts, address, cluster, time, logger);
        hosts.Exchange = this;
    }

    /// <summary>The other gateways, as they were last heard.</summary>
    public IReadOnlyCollection<GatewayHosts> Others { get; private set; } = [];

    // A client that has not connected yet knows no grain.
    private IToolDirectoryGrain Directory => _cluster.GetGrain<IToolDirectoryGrain>(ToolDirectoryKey.Of(""));

    public void Wake()
    {
        lock (_gate)
        {
            _woken.TrySetResult();
        }
    }

    public async ValueTask ExchangeAsync(CancellationToken cancellation)
    {
        Task round;
        lock (_gate)
        {
            // The round that begins after this: one under way may have read what was there before.
            round = _next.Task;
            _woken.TrySetResult();
        }

        try
        {
            await round.WaitAsync(Patience, _time, cancellation);
        }
        catch (TimeoutException)
        {
            // The cluster is in trouble; the periodic exchange goes on trying.
        }
    }

    /// <summary>The others need not wait until this one has been silent for long.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (!_isKnown)
        {
            return;
        }

        try
        {
            await Directory.ExchangeAsync(new WireMessage(new GatewayHosts { Gateway = _gateway }), cancellationToken)
                .AsTask().WaitAsync(Patience, _time, cancellationToken);
        }
        catch (Exception failure) when (failure is OperationCanceledException || GrainCalls.IsTransient(failure))
        {
            // They find out.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            TaskCompletionSource round;
            Task woken;
            lock (_gate)
            {
                (round, _next) = (_next, NewRound());
                _woken = NewRound();
                woken = _woken.Task;
            }

            try
            {
                await ExchangeOnceAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                _logger.HostExchangeFailed(failure.Message);
            }

            round.SetResult();
            await Task.WhenAny(woken, Task.Delay(Interval, _time, stoppingToken));
        }
    }

    private async Task ExchangeOnceAsync(CancellationToken cancellation)
    {
        var report = _hosts.Report();
        (report.Gateway, report.Address) = (_gateway, _address());
        if (report.Address.Length == 0)
        {
            return;
        }

        // A report whose answer is lost may have been heard.
        var directory = Directory;
        _isKnown = true;
        var answer = await directory.ExchangeAsync(new WireMessage(report), cancellation);
        Others = ((HostDirectory)answer.Content).Gateways;
        _hosts.Apply(Others);
    }

    private static TaskCompletionSource NewRound() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
