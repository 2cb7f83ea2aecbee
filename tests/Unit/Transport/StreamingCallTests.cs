using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;
using static Snakepit.Tests.Unit.Transport.EchoServer;

namespace Snakepit.Tests.Unit.Transport;

public sealed class StreamingCallTests
{
    [Fact]
    public async Task Messages_arrive_in_order_and_then_the_status()
    {
        await using var server = await StartAsync(OnStream(async (request, responses, call) =>
        {
            for (var i = 0; i < 1000; i++)
            {
                responses.Write(new StringValue { Value = $"{request.Value}{i}" });
                await responses.FlushAsync(call.Cancellation);
            }

            call.SetTrailer("x-last", "999");
            return new RpcStatus(RpcCode.Unavailable, "enough");
        }));
        using var stream = server.OpenStream("n");

        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal($"n{i}", (await NextAsync(stream))?.Value);
        }

        var ended = await Assert.ThrowsAsync<RpcException>(() => NextAsync(stream));
        Assert.Equal(new RpcStatus(RpcCode.Unavailable, "enough"), ended.Status);
        Assert.Equal("999", stream.Trailers["x-last"]);
    }

    [Fact]
    public async Task Headers_go_out_before_the_first_message()
    {
        var go = new TaskCompletionSource();
        await using var server = await StartAsync(OnStream(async (_, responses, call) =>
        {
            call.SetHeader("snakepit-revision", "42");
            await responses.StartAsync();
            Assert.Throws<InvalidOperationException>(() => call.SetHeader("x-late", "1"));
            await go.Task;
            responses.Write(new StringValue { Value = "first" }.ToByteArray());
            return RpcStatus.Ok;
        }));
        using var stream = server.OpenStream();

        var headers = await stream.ResponseHeaders.WaitAsync(Soon);
        go.SetResult();

        Assert.Equal("42", headers["snakepit-revision"]);
        Assert.Equal("first", (await NextAsync(stream))?.Value);
        Assert.Null(await NextAsync(stream));
        Assert.Null(await NextAsync(stream));
    }

    [Fact]
    public async Task A_stream_refused_before_its_first_message_has_only_a_status()
    {
        await using var server = await StartAsync(OnStream((_, _, _) => Task.FromResult(new RpcStatus(RpcCode.NotFound, "Session not found: s"))));
        using var raw = new RawClient(server.Target);

        var answer = await raw.PostAsync(RawClient.Frame(""), EchoServer.Stream);

        Assert.Equal("5", answer.Refusal);
        Assert.Equal("Session not found: s", answer.Message);
    }

    [Fact]
    public async Task What_was_written_but_not_flushed_still_precedes_a_refusal()
    {
        await using var server = await StartAsync(OnStream((_, responses, _) =>
        {
            responses.Write(new StringValue { Value = "last words" });
            throw new RpcException(RpcCode.DataLoss, "gone");
        }));
        using var stream = server.OpenStream();

        Assert.Equal("last words", (await NextAsync(stream))?.Value);
        Assert.Equal(RpcCode.DataLoss, (await RefusalAsync(() => NextAsync(stream))).Code);
    }

    [Fact]
    public async Task A_flush_returns_at_once_and_says_whether_the_caller_has_taken_it()
    {
        // More than any caller lets come before it reads.
        var large = new StringValue { Value = new string('x', 1 << 20) };
        var waits = new TaskCompletionSource<bool>();
        var taken = new TaskCompletionSource<bool>();
        await using var server = await StartAsync(OnStream(async (_, responses, call) =>
        {
            responses.Write(large);
            responses.Flush();
            waits.SetResult(responses.IsFlushing);
            using var over = new CancellationTokenSource();
            var wait = responses.FlushedAsync(over.Token).AsTask();
            await over.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
            await responses.FlushedAsync(call.Cancellation);
            taken.SetResult(!responses.IsFlushing);
            return RpcStatus.Ok;
        }));
        using var stream = server.OpenStream();

        Assert.True(await waits.Task.WaitAsync(Soon));
        Assert.False(taken.Task.IsCompleted);
        Assert.Equal(large, await NextAsync(stream));
        Assert.True(await taken.Task.WaitAsync(Soon));
        Assert.Null(await NextAsync(stream));
    }

    [Fact]
    public async Task A_thousand_streams_live_on_one_connection()
    {
        const int Count = 1000;
        var release = new TaskCompletionSource();
        var opened = new CountdownEvent(Count);
        await using var server = await StartAsync(Echo(), OnStream(async (_, responses, call) =>
        {
            await responses.StartAsync();
            opened.Signal();
            await release.Task;
            responses.Write(new StringValue { Value = call.Peer });
            return RpcStatus.Ok;
        }));

        // Until a connection is up and has told its limits, a client opens another for every 100 calls.
        await server.CallAsync("connect");
        var streams = Enumerable.Range(0, Count).Select(_ => server.OpenStream()).ToList();

        await Task.WhenAll(streams.Select(stream => stream.ResponseHeaders)).WaitAsync(Soon);
        Assert.True(opened.Wait(Soon));
        release.SetResult();
        var peers = await Task.WhenAll(streams.Select(NextAsync));

        Assert.Single(peers.Select(peer => peer?.Value).Distinct());
        streams.ForEach(stream => stream.Dispose());
    }

    [Fact]
    public async Task Duplex_requests_and_responses_alternate()
    {
        await using var server = await StartAsync(OnDuplex(EchoAllAsync));
        using var call = server.OpenDuplex();

        foreach (var word in new[] { "ping", "", new string('x', 100_000), "pong" })
        {
            await call.WriteAsync(new StringValue { Value = word });
            Assert.Equal(word, (await NextAsync(call))?.Value);
        }

        call.Complete();
        Assert.Null(await NextAsync(call));
    }

    [Fact]
    public async Task Who_writes_to_a_call_that_the_server_has_ended_is_told_to_read_its_status()
    {
        var refusal = new RpcStatus(RpcCode.PermissionDenied, "not you");
        await using var server = await StartAsync(OnDuplex((_, _, _) => Task.FromResult(refusal)));
        using var call = server.OpenDuplex();
        await call.ResponseHeaders.WaitAsync(Soon);

        // Its end reaches the request's side a moment after the response's.
        RpcStatus? failed = null;
        while (failed is null)
        {
            try
            {
                await call.WriteAsync(new StringValue { Value = "too late" }).AsTask().WaitAsync(Soon);
            }
            catch (RpcException ended)
            {
                failed = ended.Status;
            }
        }

        Assert.Contains("the status that reading tells", failed.Message, StringComparison.Ordinal);
        Assert.Equal(refusal, await RefusalAsync(() => NextAsync(call)));
    }

    [Fact]
    public async Task Duplex_requests_may_all_come_before_the_first_response()
    {
        await using var server = await StartAsync(OnDuplex(async (requests, responses, call) =>
        {
            var count = 0;
            while (await requests.ReadAsync(call.Cancellation) is not null)
            {
                count++;
            }

            responses.Write(new StringValue { Value = $"{count}" });
            return RpcStatus.Ok;
        }));
        using var raw = new RawClient(server.Target);
        byte[] body = [.. Enumerable.Range(0, 500).SelectMany(i => RawClient.Frame($"{i}"))];

        var answer = await raw.PostAsync(body, EchoServer.Duplex);

        Assert.Equal(RawClient.Frame("500"), answer.Body);
        Assert.Equal("0", answer.Trailers["grpc-status"]);
    }

    [Fact]
    public async Task A_duplex_body_that_ends_inside_a_message_is_refused()
    {
        await using var server = await StartAsync(OnDuplex(EchoAllAsync));
        using var raw = new RawClient(server.Target);

        var answer = await raw.PostAsync([.. RawClient.Frame("whole"), 0, 0, 0, 0, 9, 1], EchoServer.Duplex);

        Assert.Equal(RawClient.Frame("whole"), answer.Body);
        Assert.Equal("13", answer.Trailers["grpc-status"]);
    }

    [Fact]
    public async Task Compression_works_both_ways_in_every_kind_of_call()
    {
        await using var server = await StartAsync(Echo(), OnDuplex(EchoAllAsync));
        var gzip = new RpcCallOptions { Gzip = true };
        var text = string.Concat(Enumerable.Range(0, 10_000));
        using var call = server.OpenDuplex(gzip);

        await call.WriteAsync(new StringValue { Value = text });

        Assert.Equal(text, (await NextAsync(call))?.Value);
        Assert.Equal("gzip", (await call.ResponseHeaders)["grpc-encoding"]);
        Assert.Equal(text, (await server.CallAsync(text, gzip)).Value);
    }

    private static async Task<RpcStatus> EchoAllAsync(IRequestStream<StringValue> requests, IResponseStream responses, RpcCall call)
    {
        while (await requests.ReadAsync(call.Cancellation) is { } request)
        {
            responses.Write(request);
            await responses.FlushAsync(call.Cancellation);
        }

        return RpcStatus.Ok;
    }

    private static Task<StringValue?> NextAsync(RpcServerStream<StringValue> stream) => stream.ReadAsync().AsTask().WaitAsync(Soon);
}
