using System.Net;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Unit.Support;
using Snakepit.Transport;
using static Snakepit.Tests.Unit.Transport.EchoServer;
using static Snakepit.Tests.Unit.Transport.Web.WebRig;

namespace Snakepit.Tests.Unit.Transport.Web;

/// <summary>gRPC as browsers speak it: the same calls over HTTP/1.1, trailers as the last frame of the body.</summary>
public sealed class WebCallTests
{
    [Fact]
    public async Task An_answer_is_a_message_and_a_frame_of_trailers()
    {
        await using var rig = await WebRig.StartAsync(OnUnary((request, call) =>
        {
            call.SetHeader("first", "1");
            call.SetTrailer("last", "2");
            return ValueTask.FromResult<RpcResult<Google.Protobuf.WellKnownTypes.StringValue>>(request);
        }));

        using var response = await rig.SendAsync(Unary, Frame("hi"));
        var answer = await Answer.ReadAsync(response);

        Assert.Equal(HttpStatusCode.OK, answer.Http);
        Assert.Equal("application/grpc-web+proto", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("1", response.Headers.GetValues("first").Single());
        Assert.Equal(["hi"], answer.Messages);
        Assert.Equal("grpc-status: 0\r\nlast: 2\r\n", answer.Trailers);
    }

    [Fact]
    public async Task An_answer_larger_than_any_buffer_comes_whole()
    {
        await using var rig = await WebRig.StartAsync(Echo());
        var large = new string('x', 3_000_000);

        var answer = await rig.CallAsync(Unary, large);

        Assert.Equal(large, Assert.Single(answer.Messages));
        Assert.Equal("grpc-status: 0\r\n", answer.Trailers);
    }

    [Fact]
    public async Task A_refusal_without_a_message_is_in_the_headers()
    {
        await using var rig = await WebRig.StartAsync(OnUnary(
            (_, _) => ValueTask.FromResult<RpcResult<Google.Protobuf.WellKnownTypes.StringValue>>(new RpcStatus(RpcCode.NotFound, "no such thing: ä"))));

        using var response = await rig.SendAsync(Unary, Frame("hi"));

        Assert.Equal("5", response.Headers.GetValues("grpc-status").Single());
        Assert.Equal("no such thing: %C3%A4", response.Headers.GetValues("grpc-message").Single());
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("/test.Echo/Nothing", "12")]
    [InlineData("/test.Nobody/Unary", "12")]
    public async Task An_unknown_method_is_UNIMPLEMENTED(string path, string status)
    {
        await using var rig = await WebRig.StartAsync(Echo());
        Assert.Equal(status, (await rig.CallAsync(path, "hi")).StatusHeader);
    }

    [Fact]
    public async Task A_failure_of_a_handler_is_told_without_its_words()
    {
        await using var rig = await WebRig.StartAsync(OnUnary((_, _) => throw new InvalidOperationException("secret")));

        using var response = await rig.SendAsync(Unary, Frame("hi"));

        Assert.Equal("13", response.Headers.GetValues("grpc-status").Single());
        Assert.DoesNotContain("secret", response.Headers.GetValues("grpc-message").Single(), StringComparison.Ordinal);
        Assert.Contains(rig.Echo.Log.Errors, error => error.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_that_breaks_the_framing_is_INTERNAL()
    {
        await using var rig = await WebRig.StartAsync(Echo());
        using var broken = await rig.SendAsync(Unary, [0x80, 0, 0, 0, 0]);
        using var cut = await rig.SendAsync(Unary, [0, 0, 0, 0, 9, 1]);
        using var none = await rig.SendAsync(Unary, []);
        Assert.Equal(["13", "13", "13"], new[] { broken, cut, none }.Select(response => response.Headers.GetValues("grpc-status").Single()));
    }

    [Fact]
    public async Task A_request_above_the_limit_is_refused()
    {
        await using var rig = await WebRig.StartAsync(new Settings { ServerLimit = 1_000 }, _ => [Echo()]);
        Assert.Equal("8", (await rig.CallAsync(Unary, new string('x', 1_001))).StatusHeader);
    }

    [Fact]
    public async Task Messages_of_a_stream_come_as_they_are_written()
    {
        var goOn = new TaskCompletionSource();
        await using var rig = await WebRig.StartAsync(OnStream(async (_, responses, call) =>
        {
            responses.Write(new Google.Protobuf.WellKnownTypes.StringValue { Value = "one" });
            await responses.FlushAsync(call.Cancellation);
            await goOn.Task;
            responses.Write(new Google.Protobuf.WellKnownTypes.StringValue { Value = "two" });
            return new RpcStatus(RpcCode.Unavailable, "over");
        }));

        using var response = await rig.SendAsync(EchoServer.Stream, Frame(""));
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var first = new byte[Frame("one").Length];
        await body.ReadExactlyAsync(first, TestContext.Current.CancellationToken);
        goOn.SetResult();
        using var rest = new MemoryStream();
        await body.CopyToAsync(rest, TestContext.Current.CancellationToken);

        Assert.Equal(Frame("one"), first);
        Assert.Equal(
            [.. Frame("two"), .. Frame(0x80, "grpc-status: 14\r\ngrpc-message: over\r\n"u8)],
            rest.ToArray());
    }

    [Fact]
    public async Task A_deadline_ends_a_stream_whose_handler_does_not()
    {
        var clock = new ManualClock();
        var (sent, never) = (new TaskCompletionSource(), new TaskCompletionSource());
        var method = OnStream(async (_, responses, call) =>
        {
            responses.Write(new Google.Protobuf.WellKnownTypes.StringValue { Value = "one" });
            await responses.FlushAsync(CancellationToken.None);
            sent.SetResult();
            await never.Task;
            return RpcStatus.Ok;
        });
        await using var rig = await WebRig.StartAsync(new EchoServer.Settings { TimeProvider = clock }, _ => [method]);

        var call = rig.CallAsync(EchoServer.Stream, "", ("grpc-timeout", "50m"));
        await sent.Task;
        await clock.TimerSetAsync();
        clock.Advance(TimeSpan.FromMilliseconds(50));
        var answer = await call;
        never.SetResult();

        Assert.Equal(["one"], answer.Messages);
        Assert.StartsWith("grpc-status: 4\r\n", answer.Trailers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_goes_cancels_its_call()
    {
        var cancelled = new TaskCompletionSource();
        await using var rig = await WebRig.StartAsync(OnStream(async (_, responses, call) =>
        {
            await responses.StartAsync();
            await using var registration = call.Cancellation.UnsafeRegister(_ => cancelled.TrySetResult(), null);
            await cancelled.Task;
            call.Cancellation.ThrowIfCancellationRequested();
            return RpcStatus.Ok;
        }));

        var response = await rig.SendAsync(EchoServer.Stream, Frame(""));
        response.Dispose();

        await cancelled.Task.WaitAsync(Soon, TestContext.Current.CancellationToken);
        Assert.Empty(rig.Echo.Log.Errors);
    }

    [Fact]
    public async Task A_server_that_stops_lets_streams_end_and_takes_no_new_calls()
    {
        var drained = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        await using var rig = await WebRig.StartAsync(new Settings(), server =>
        [
            Echo(),
            OnStream(async (_, responses, _) =>
            {
                await responses.StartAsync();
                await Task.Delay(Timeout.Infinite, server.Draining).ContinueWith(_ => { }, TaskScheduler.Default);
                drained.SetResult();
                await goOn.Task;
                return new RpcStatus(RpcCode.Unavailable, "draining");
            }),
        ]);
        using var response = await rig.SendAsync(EchoServer.Stream, Frame(""));

        var stopped = rig.Echo.Server.StopAsync(Soon);
        await drained.Task.WaitAsync(Soon, TestContext.Current.CancellationToken);
        var late = await rig.CallAsync(Unary, "late");
        Assert.False(stopped.IsCompleted);
        goOn.SetResult();
        var answer = await Answer.ReadAsync(response);
        await stopped.WaitAsync(Soon, TestContext.Current.CancellationToken);

        Assert.Equal("14", late.StatusHeader);
        Assert.Equal("grpc-status: 14\r\ngrpc-message: draining\r\n", answer.Trailers);
    }

    [Fact]
    public async Task A_stream_that_outlasts_the_grace_is_cut_off()
    {
        var ended = new TaskCompletionSource();
        await using var rig = await WebRig.StartAsync(OnStream(async (_, responses, call) =>
        {
            await responses.StartAsync();
            await Task.Delay(Timeout.Infinite, call.Cancellation).ContinueWith(_ => ended.SetResult(), TaskScheduler.Default);
            return RpcStatus.Ok;
        }));
        using var response = await rig.SendAsync(EchoServer.Stream, Frame(""));

        await rig.Echo.Server.StopAsync(TimeSpan.Zero).WaitAsync(Soon, TestContext.Current.CancellationToken);

        await ended.Task.WaitAsync(Soon, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("application/grpc-web", true)]
    [InlineData("application/grpc-web+proto", true)]
    [InlineData("application/grpc-web+proto; charset=utf-8", true)]
    [InlineData("application/grpc-web-text", false)]
    [InlineData("application/grpc-web-text+proto", false)]
    [InlineData("application/grpc-web+json", false)]
    [InlineData("application/grpc", false)]
    [InlineData("", false)]
    public void Content_types_of_gRPC_Web_are_told_from_others(string type, bool isWeb) =>
        Assert.Equal(isWeb, GrpcWebNames.IsGrpcWeb(type));
}
