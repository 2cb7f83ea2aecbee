using System.Threading.Channels;
using Snakepit.Bridge.Health;
using Snakepit.GrpcGateway.Cluster;
using Snakepit.Tests.Grains.Support;
using Snakepit.Tests.Storage;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Grains;

public sealed class ClusterReadinessTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ManualClock _clock = new();
    private readonly HealthStatus _health = new();
    private readonly ToldWarnings _log = new();
    private readonly Channel<TaskCompletionSource> _pings = Channel.CreateUnbounded<TaskCompletionSource>();
    private readonly ClusterReadiness _readiness;

    public ClusterReadinessTests() => _readiness = new ClusterReadiness(
        _health,
        token =>
        {
            var ping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Assert.True(_pings.Writer.TryWrite(ping));
            return ping.Task.WaitAsync(token);
        },
        _clock,
        new ToldLog<ClusterReadiness>(_log));

    [Fact]
    public async Task Before_the_store_has_answered_a_gateway_is_not_ready()
    {
        await _readiness.StartAsync(CancellationToken.None);
        var ping = await PingAsync();
        Assert.Equal("not connected to the cluster yet", _readiness.Reason);
        await AnswerAsync(ping);
        Assert.Null(_readiness.Reason);
    }

    [Fact]
    public async Task A_store_that_cannot_be_reached_is_named_and_found_again()
    {
        await _readiness.StartAsync(CancellationToken.None);
        var next = await AnswerAsync(await PingAsync());
        next = await AnswerAsync(next, new IOException("cut off"));
        Assert.Equal("the store cannot be reached: cut off", _readiness.Reason);
        next = await AnswerAsync(next, new IOException("still cut off"));
        Assert.Equal("the store cannot be reached: still cut off", _readiness.Reason);
        Assert.Single(_log.Warnings);
        await AnswerAsync(next);
        Assert.Null(_readiness.Reason);
    }

    [Fact]
    public async Task Without_a_silo_a_gateway_is_not_ready_whatever_the_store_says()
    {
        await _readiness.StartAsync(CancellationToken.None);
        var next = await AnswerAsync(await PingAsync());
        _readiness.NoteSilos(0);
        next.SetResult();
        do
        {
            _clock.Advance(Interval);
            await Task.Yield();
        }
        while (_readiness.Reason is null);

        Assert.Equal("no silo of the cluster can be reached", _readiness.Reason);
        _readiness.NoteSilos(2);
        _clock.Advance(Interval);
        await AnswerAsync(await PingAsync());
        Assert.Null(_readiness.Reason);
    }

    public async ValueTask DisposeAsync()
    {
        await _readiness.StopAsync(CancellationToken.None);
        _readiness.Dispose();
    }

    // Each round tells what it found before the next one asks.
    private async Task<TaskCompletionSource> AnswerAsync(TaskCompletionSource ping, Exception? failure = null)
    {
        if (failure is null)
        {
            ping.SetResult();
        }
        else
        {
            ping.SetException(failure);
        }

        _clock.Advance(Interval);
        return await PingAsync();
    }

    private async Task<TaskCompletionSource> PingAsync() => await _pings.Reader.ReadAsync().AsTask().WaitAsync(Deadline);
}
