using System.IO.Pipelines;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Unit.Support;
using Snakepit.Transport;

namespace Snakepit.Tests.Unit.Transport;

/// <summary>When a call arrived is when its connection was read, not when its turn came.</summary>
public sealed class LatestReadTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task Each_read_is_noted_whether_it_waits_or_not()
    {
        var pipe = new Pipe();
        var latest = new LatestRead(pipe.Reader, _clock);
        var began = latest.Timestamp;
        _clock.Advance(TimeSpan.FromSeconds(1));
        await pipe.Writer.WriteAsync(new byte[] { 1 });
        Assert.Equal(TimeSpan.Zero, Since(began, latest));

        latest.AdvanceTo((await latest.ReadAsync()).Buffer.End);
        Assert.Equal(TimeSpan.FromSeconds(1), Since(began, latest));

        var reading = latest.ReadAsync();
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(1), Since(began, latest));
        await pipe.Writer.WriteAsync(new byte[] { 2 });
        latest.AdvanceTo((await reading).Buffer.End);
        Assert.Equal(TimeSpan.FromSeconds(2), Since(began, latest));

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(latest.TryRead(out _));
        await pipe.Writer.WriteAsync(new byte[] { 3 });
        Assert.True(latest.TryRead(out var read));
        Assert.Equal(1, read.Buffer.Length);
        Assert.Equal(TimeSpan.FromSeconds(3), Since(began, latest));
    }

    [Fact]
    public async Task What_goes_wrong_with_a_read_or_ends_it_goes_on()
    {
        var pipe = new Pipe();
        var latest = new LatestRead(pipe.Reader, _clock);
        var reading = latest.ReadAsync();
        latest.CancelPendingRead();
        Assert.True((await reading).IsCanceled);

        await pipe.Writer.CompleteAsync(new IOException("cut"));
        Assert.Equal("cut", (await Assert.ThrowsAsync<IOException>(async () => await latest.ReadAsync())).Message);
        await latest.CompleteAsync();
    }

    [Fact]
    public async Task A_call_lasts_from_then_until_its_status_is_settled()
    {
        var observer = new Durations();
        await using var server = await EchoServer.StartAsync(
            new EchoServer.Settings { Observer = observer, TimeProvider = _clock },
            EchoServer.OnUnary((request, _) =>
            {
                _clock.Advance(TimeSpan.FromSeconds(5));
                return ValueTask.FromResult<RpcResult<StringValue>>(request);
            }));

        await server.CallAsync("x");
        await server.CallAsync("y");

        Assert.Equal([TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5)], observer.Seen);
    }

    private TimeSpan Since(long began, LatestRead latest) => _clock.GetElapsedTime(began, latest.Timestamp);

    private sealed class Durations : ICallObserver
    {
        public List<TimeSpan> Seen { get; } = [];

        public void CallEnded(RpcMethod method, RpcCode status, TimeSpan duration) => Seen.Add(duration);
    }
}
