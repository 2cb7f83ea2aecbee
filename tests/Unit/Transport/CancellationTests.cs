using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;
using static Snakepit.Tests.Unit.Transport.EchoServer;

namespace Snakepit.Tests.Unit.Transport;

/// <summary>Calls that end before their handler does: by the caller or by the deadline.</summary>
public sealed class CancellationTests
{
    /// <summary>A deadline that only the server knows of.</summary>
    private static readonly RpcCallOptions ServerDeadline =
        new() { Headers = new Dictionary<string, string> { ["grpc-timeout"] = "50m" } };

    private readonly TaskCompletionSource<RpcCall> _entered = new();
    private readonly TaskCompletionSource _cancelled = new();
    private readonly TaskCompletionSource _release = new();

    [Fact]
    public async Task A_caller_that_cancels_a_unary_call_cancels_its_handler()
    {
        await using var server = await StartAsync(OnUnary(async (request, call) =>
        {
            await WaitForCancellationAsync(call);
            return request;
        }));
        using var caller = new CancellationTokenSource();

        var answer = server.CallAsync("x", cancellation: caller.Token);
        await _entered.Task.WaitAsync(Soon);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await _cancelled.Task.WaitAsync(Soon);
        await server.Server.StopAsync(Soon);
        Assert.Empty(server.Log.Errors);
    }

    [Fact]
    public async Task A_caller_that_leaves_a_stream_cancels_its_handler()
    {
        await using var server = await StartAsync(OnStream(async (_, responses, call) =>
        {
            await WaitForCancellationAsync(call, responses);
            return RpcStatus.Ok;
        }));

        var stream = server.OpenStream();
        await stream.ResponseHeaders.WaitAsync(Soon);
        stream.Dispose();

        await _cancelled.Task.WaitAsync(Soon);
        await server.Server.StopAsync(Soon);
        Assert.Empty(server.Log.Errors);
    }

    [Fact]
    public async Task A_caller_that_leaves_wakes_a_flush_and_a_read_that_wait_for_it()
    {
        await using var server = await StartAsync(
            OnStream(async (_, responses, _) =>
            {
                try
                {
                    while (true)
                    {
                        responses.Write(new StringValue { Value = new string('x', 10_000) });
                        await responses.FlushAsync(CancellationToken.None);
                        _entered.TrySetResult(null!);
                    }
                }
                catch (OperationCanceledException)
                {
                    _cancelled.SetResult();
                    throw;
                }
            }),
            OnDuplex(async (requests, responses, _) =>
            {
                try
                {
                    await responses.StartAsync();
                    await requests.ReadAsync(CancellationToken.None);
                }
                catch (OperationCanceledException)
                {
                    _release.SetResult();
                    throw;
                }

                return RpcStatus.Ok;
            }));
        var stream = server.OpenStream();
        var duplex = server.OpenDuplex();

        await _entered.Task.WaitAsync(Soon);
        await duplex.ResponseHeaders.WaitAsync(Soon);
        stream.Dispose();
        duplex.Dispose();

        await _cancelled.Task.WaitAsync(Soon);
        await _release.Task.WaitAsync(Soon);
        await server.Server.StopAsync(Soon);
        Assert.Empty(server.Log.Errors);
    }

    [Fact]
    public async Task At_the_deadline_the_caller_gets_its_status_though_the_handler_goes_on()
    {
        await using var server = await StartAsync(OnUnary(async (request, call) =>
        {
            _entered.SetResult(call);
            await _release.Task;
            return request;
        }));
        using var raw = new RawClient(server.Target);

        var answer = await raw.PostAsync(RawClient.Frame("x"), headers: ("grpc-timeout", "50m"));

        Assert.Equal("4", answer.Refusal);
        Assert.True((await _entered.Task).Cancellation.IsCancellationRequested);
        _release.SetResult();
        await server.Server.StopAsync(Soon);
        Assert.Empty(server.Log.Errors);
    }

    [Fact]
    public async Task At_the_deadline_a_stream_ends_after_what_was_sent()
    {
        await using var server = await StartAsync(OnStream(async (_, responses, call) =>
        {
            responses.Write(new StringValue { Value = "one" });
            await responses.FlushAsync(call.Cancellation);
            _entered.SetResult(call);
            await _release.Task;
            Assert.Throws<OperationCanceledException>(() => responses.Write(new StringValue { Value = "two" }));
            _cancelled.SetResult();
            return RpcStatus.Ok;
        }));
        using var raw = new RawClient(server.Target);

        var answer = await raw.PostAsync(RawClient.Frame(""), EchoServer.Stream, ("grpc-timeout", "3000000u"));

        Assert.Equal(RawClient.Frame("one"), answer.Body);
        Assert.Equal("4", answer.Trailers["grpc-status"]);
        Assert.True((await _entered.Task).Cancellation.IsCancellationRequested);
        _release.SetResult();
        await _cancelled.Task.WaitAsync(Soon);
    }

    [Fact]
    public async Task At_the_deadline_a_stream_that_nobody_reads_ends_whatever_its_handler_waits_for()
    {
        await using var server = await StartAsync(OnStream(async (_, responses, call) =>
        {
            responses.Write(new StringValue { Value = new string('x', 1 << 20) });
            responses.Flush();
            Assert.True(responses.IsFlushing);
            await WaitForCancellationAsync(call);
            return RpcStatus.Ok;
        }));
        using var stream = server.OpenStream(options: new RpcCallOptions { Timeout = TimeSpan.FromSeconds(1) });

        await _cancelled.Task.WaitAsync(Soon);
        await server.Server.StopAsync(Soon);
        Assert.Empty(server.Log.Errors);
    }

    [Fact]
    public async Task At_the_deadline_a_read_that_waits_is_woken()
    {
        await using var server = await StartAsync(OnDuplex(async (requests, responses, _) =>
        {
            await responses.StartAsync();
            await requests.ReadAsync(CancellationToken.None);
            return RpcStatus.Ok;
        }));
        using var duplex = server.OpenDuplex(ServerDeadline);

        var status = await RefusalAsync(() => duplex.ReadAsync().AsTask());

        Assert.Equal(new RpcStatus(RpcCode.DeadlineExceeded, "the call's deadline has passed"), status);
        await server.Server.StopAsync(Soon);
        Assert.Empty(server.Log.Errors);
    }

    [Fact]
    public async Task A_handler_that_heeds_its_deadline_and_one_that_beats_it_are_both_right()
    {
        await using var server = await StartAsync(OnUnary(async (request, call) =>
        {
            if (request.Value == "slow")
            {
                await WaitForCancellationAsync(call);
            }

            return request;
        }));

        var slow = await RefusalAsync(() => server.CallAsync("slow", ServerDeadline));
        var quick = await server.CallAsync("quick", new RpcCallOptions { Timeout = TimeSpan.FromDays(1000) });

        Assert.Equal(RpcCode.DeadlineExceeded, slow.Code);
        Assert.Equal("quick", quick.Value);
        await _cancelled.Task.WaitAsync(Soon);
        Assert.Empty(server.Log.Errors);
    }

    [Fact]
    public async Task The_client_ends_at_its_deadline_whatever_the_server_does()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        using var channel = new RpcChannel(silent.LocalEndpoint.ToString()!);

        var status = await RefusalAsync(() => channel.CallAsync(
            Unary, new StringValue(), StringValue.Parser, new RpcCallOptions { Timeout = TimeSpan.FromMilliseconds(50) }));

        Assert.Equal(RpcCode.DeadlineExceeded, status.Code);
    }

    private async Task WaitForCancellationAsync(RpcCall call, IResponseStream? responses = null)
    {
        _entered.TrySetResult(call);
        try
        {
            if (responses is not null)
            {
                // The caller may leave as soon as it has the headers: this throws then.
                await responses.StartAsync();
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, call.Cancellation);
        }
        catch (OperationCanceledException)
        {
            _cancelled.SetResult();
            throw;
        }
    }
}
