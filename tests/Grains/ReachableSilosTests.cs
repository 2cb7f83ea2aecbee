using System.Net;
using System.Net.Sockets;
using Orleans.Messaging;
using Snakepit.GrpcGateway.Cluster;
using Snakepit.Tests.Grains.Support;
using Snakepit.Tests.Storage;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Grains;

/// <summary>Which silos a gateway's client is given.</summary>
public sealed class ReachableSilosTests : IDisposable
{
    private static readonly TimeSpan WhileSuspicious = TimeSpan.FromSeconds(11);

    private readonly ManualClock _clock = new();
    private readonly ToldWarnings _log = new();
    private readonly TcpListener _first = new(IPAddress.Loopback, FreePort.Next());
    private readonly TcpListener _second = new(IPAddress.Loopback, FreePort.Next());
    private readonly Table _table = new();
    private readonly ReachableSilos _silos;

    public ReachableSilosTests()
    {
        _first.Start();
        _second.Start();
        _table.Silos = [UriOf(_first), UriOf(_second)];
        _silos = new ReachableSilos(_table, _clock, new ToldLog<ReachableSilos>(_log));
    }

    [Fact]
    public async Task As_long_as_calls_are_answered_the_table_is_believed()
    {
        _second.Stop();
        Assert.Equal(_table.Silos, await _silos.GetGateways());

        _silos.NoteUnanswered();
        _clock.Advance(WhileSuspicious);
        Assert.Equal(_table.Silos, await _silos.GetGateways());
    }

    [Fact]
    public async Task After_a_call_without_an_answer_a_silo_that_does_not_listen_is_left_out_until_it_does()
    {
        var port = ((IPEndPoint)_second.LocalEndpoint).Port;
        _second.Stop();
        _silos.NoteUnanswered();
        Assert.Equal([_table.Silos[0]], await _silos.GetGateways());
        _clock.Advance(WhileSuspicious);
        Assert.Equal([_table.Silos[0]], await _silos.GetGateways());

        using var back = new TcpListener(IPAddress.Loopback, port);
        back.Start();
        Assert.Equal(_table.Silos, await _silos.GetGateways());
        Assert.Equal([$"the silo at 127.0.0.1:{port} cannot be reached from here; calls go by others"], _log.Warnings);
    }

    [Fact]
    public async Task Where_no_silo_listens_all_are_tried_and_one_that_has_left_the_table_is_forgotten()
    {
        _first.Stop();
        _second.Stop();
        _silos.NoteUnanswered();
        Assert.Equal(_table.Silos, await _silos.GetGateways());

        _table.Silos = [_table.Silos[0]];
        Assert.Equal(_table.Silos, await _silos.GetGateways());
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    private static Uri UriOf(TcpListener silo) => new($"gwy.tcp://{silo.LocalEndpoint}/0");

    private sealed class Table : IGatewayListProvider
    {
        public IList<Uri> Silos { get; set; } = [];

        public TimeSpan MaxStaleness => TimeSpan.FromMinutes(1);

        public bool IsUpdatable => true;

        public Task InitializeGatewayListProvider() => Task.CompletedTask;

        public Task<IList<Uri>> GetGateways() => Task.FromResult(Silos);
    }
}
