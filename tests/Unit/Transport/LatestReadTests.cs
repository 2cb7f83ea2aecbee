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
    public async Task Who_waits_for_a_read_gets_what_comes_and_hears_what_goes_wrong()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var latest = new LatestRead(pipe.Reader, _clock);
        var reading = SumAsync(latest);
        for (var n = 1; n <= 1_000; n++)
        {
            await pipe.Writer.WriteAsync(new byte[] { 1 });
            if (n % 10 == 0)
            {
                await Task.Yield();
            }
        }

        await pipe.Writer.CompleteAsync();
        Assert.Equal(1_000, await reading.WaitAsync(TimeSpan.FromSeconds(10)));

        pipe.Reader.Complete();
        pipe.Reset();
        var cut = latest.ReadAsync().AsTask();
        await pipe.Writer.CompleteAsync(new IOException("cut"));
        Assert.Equal("cut", (await Assert.ThrowsAsync<IOException>(() => cut)).Message);
    }

    [Fact]
    public async Task Who_gives_up_a_read_that_waits_can_begin_another()
    {
        var pipe = new Pipe();
        var latest = new LatestRead(pipe.Reader, _clock);
        using var gone = new CancellationTokenSource();
        var reading = latest.ReadAsync(gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);

        var next = latest.ReadAsync();
        Assert.False(next.IsCompleted);
        await pipe.Writer.WriteAsync(new byte[] { 1 });
        Assert.Equal(1, (await next).Buffer.Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_surrounds_the_caller_goes_on_with_it_where_it_asks_for_that(bool isAsked)
    {
        var pipe = new Pipe(new PipeOptions(readerScheduler: PipeScheduler.Inline));
        var latest = new LatestRead(pipe.Reader, _clock);
        var surrounding = new AsyncLocal<string> { Value = "the caller's" };
        string? seen = null;
        Await(latest.ReadAsync(), isAsked, () => seen = surrounding.Value);
        surrounding.Value = "the writer's";
        await pipe.Writer.WriteAsync(new byte[] { 1 });
        Assert.Equal(isAsked ? "the caller's" : "the writer's", seen);
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

    private static void Await(ValueTask<ReadResult> reading, bool withSurroundings, Action then)
    {
        var awaiter = reading.GetAwaiter();
        if (withSurroundings)
        {
            awaiter.OnCompleted(then);
        }
        else
        {
            awaiter.UnsafeOnCompleted(then);
        }
    }

    private static async Task<long> SumAsync(PipeReader input)
    {
        var sum = 0L;
        while (true)
        {
            var read = await input.ReadAsync();
            sum += read.Buffer.Length;
            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return sum;
            }
        }
    }

    private TimeSpan Since(long began, LatestRead latest) => _clock.GetElapsedTime(began, latest.Timestamp);

    private sealed class Durations : ICallObserver, IMethodObserver
    {
        public List<TimeSpan> Seen { get; } = [];

        public IMethodObserver OfUnknown => this;

        public IMethodObserver Of(RpcMethod method) => this;

        public void CallEnded(RpcCode status, TimeSpan duration) => Seen.Add(duration);
    }
}
