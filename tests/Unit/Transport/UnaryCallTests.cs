using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;
using static Snakepit.Tests.Unit.Transport.EchoServer;

namespace Snakepit.Tests.Unit.Transport;

public sealed class UnaryCallTests
{
    [Fact]
    public async Task A_call_is_answered_by_its_handler()
    {
        await using var server = await StartAsync(Echo());

        Assert.Equal("hello", (await server.CallAsync("hello")).Value);
        Assert.Equal("", (await server.CallAsync("")).Value);
    }

    [Fact]
    public async Task A_handler_that_answers_later_is_awaited()
    {
        await using var server = await StartAsync(OnUnary(async (request, _) =>
        {
            await Task.Yield();
            return request;
        }));

        Assert.Equal("later", (await server.CallAsync("later")).Value);
    }

    [Fact]
    public async Task A_message_of_32_MiB_goes_there_and_back()
    {
        await using var server = await StartAsync(new UnaryMethod<BytesValue, BytesValue>(
            Service, "Bytes", BytesValue.Parser, (request, _) => ValueTask.FromResult<RpcResult<BytesValue>>(request))
        {
            Access = MethodAccess.Open,
        });
        var bytes = new byte[32 * 1024 * 1024];
        new Random(1).NextBytes(bytes);

        var answer = await server.Channel.CallAsync(
            $"/{Service}/Bytes", new BytesValue { Value = UnsafeByteOperations.UnsafeWrap(bytes) }, BytesValue.Parser).WaitAsync(Soon);

        Assert.True(answer.Value.Span.SequenceEqual(bytes));
    }

    [Fact]
    public async Task Metadata_travels_both_ways()
    {
        await using var server = await StartAsync(OnUnary((_, call) =>
        {
            call.SetHeader("x-header", call.Header("x-asked") ?? "absent");
            call.SetTrailer("x-bytes-bin", call.Header("x-data-bin") ?? "absent");
            return ValueTask.FromResult<RpcResult<StringValue>>(new StringValue { Value = call.Header("x-none") ?? "null" });
        }));
        var headers = new Dictionary<string, string> { ["x-asked"] = "a, b", ["x-data-bin"] = Metadata.EncodeBinary([1, 2, 255, 0]) };

        var reply = await server.Channel.CallWithMetadataAsync(
            Unary, new StringValue(), StringValue.Parser, new RpcCallOptions { Headers = headers });

        Assert.Equal("null", reply.Message.Value);
        Assert.Equal("a, b", reply.Headers["x-header"]);
        Assert.Equal([1, 2, 255, 0], Metadata.DecodeBinary(reply.Trailers["x-bytes-bin"]));
    }

    [Fact]
    public async Task A_refusal_arrives_with_its_message_and_trailers()
    {
        await using var server = await StartAsync(OnUnary((_, call) =>
        {
            call.SetTrailer("x-why", "because");
            return ValueTask.FromResult<RpcResult<StringValue>>(new RpcStatus(RpcCode.NotFound, "Variable not found: größe 100%\n🐍"));
        }));

        var refused = await Assert.ThrowsAsync<RpcException>(() => server.CallAsync("x"));

        Assert.Equal(new RpcStatus(RpcCode.NotFound, "Variable not found: größe 100%\n🐍"), refused.Status);
        Assert.Equal("because", refused.Trailers["x-why"]);
    }

    [Fact]
    public async Task A_status_that_a_handler_throws_is_sent_as_it_is()
    {
        await using var server = await StartAsync(OnUnary((_, _) => throw new RpcException(
            new RpcStatus(RpcCode.Aborted, "at version 7"), new Dictionary<string, string> { ["x-version"] = "7" })));

        var refused = await Assert.ThrowsAsync<RpcException>(() => server.CallAsync("x"));

        Assert.Equal(new RpcStatus(RpcCode.Aborted, "at version 7"), refused.Status);
        Assert.Equal("7", refused.Trailers["x-version"]);
        Assert.Empty(server.Log.Errors);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_bug_is_INTERNAL_with_an_id_that_the_log_has_too(bool atOnce)
    {
        await using var server = await StartAsync(OnUnary(async (_, _) =>
        {
            if (!atOnce)
            {
                await Task.Yield();
            }

            throw new InvalidOperationException("secret");
        }));

        var status = await RefusalAsync(() => server.CallAsync("x"));

        Assert.Equal(RpcCode.Internal, status.Code);
        Assert.Matches("^internal error, correlation id [0-9a-f]{16}$", status.Message);
        var entry = Assert.Single(server.Log.Entries, entry => entry.Level >= LogLevel.Warning);
        Assert.Contains(status.Message[^16..], entry.Message, StringComparison.Ordinal);
        Assert.Equal("secret", entry.Exception?.Message);
    }

    [Fact]
    public async Task An_unknown_method_and_an_unknown_service_are_UNIMPLEMENTED_by_name()
    {
        await using var server = await StartAsync(Echo());

        var method = await RefusalAsync(() => server.Channel.CallAsync($"/{Service}/Nope", new StringValue(), StringValue.Parser));
        var service = await RefusalAsync(() => server.Channel.CallAsync("/no.Such/Unary", new StringValue(), StringValue.Parser));

        Assert.Equal(new RpcStatus(RpcCode.Unimplemented, "unknown method /test.Echo/Nope"), method);
        Assert.Equal(new RpcStatus(RpcCode.Unimplemented, "unknown service no.Such, called as /no.Such/Unary"), service);
    }

    [Fact]
    public async Task The_peer_and_the_time_left_are_told()
    {
        await using var server = await StartAsync(OnUnary((_, call) =>
            ValueTask.FromResult<RpcResult<StringValue>>(new StringValue { Value = $"{call.Peer} {call.Timeout?.TotalSeconds}" })));

        Assert.Matches(@"^ipv4:127\.0\.0\.1:\d+ $", (await server.CallAsync("")).Value);
        Assert.Matches(@"^ipv4:127\.0\.0\.1:\d+ 60$", (await server.CallAsync("", new RpcCallOptions { Timeout = TimeSpan.FromMinutes(1) })).Value);
    }

    [Fact]
    public async Task A_message_over_a_limit_is_RESOURCE_EXHAUSTED_and_names_it()
    {
        await using var server = await StartAsync(
            new Settings { ServerLimit = 2000, Channel = new RpcChannelOptions { MaxReceiveMessageSize = 1000 } }, Echo());

        var tooLargeForServer = await RefusalAsync(() => server.CallAsync(new string('x', 5_000_000)));
        var tooLargeForClient = await RefusalAsync(() => server.CallAsync(new string('x', 1500)));

        Assert.Equal(RpcCode.ResourceExhausted, tooLargeForServer.Code);
        Assert.Contains("receive limit of 2000 bytes", tooLargeForServer.Message, StringComparison.Ordinal);
        Assert.Equal(RpcCode.ResourceExhausted, tooLargeForClient.Code);
        Assert.Contains("receive limit of 1000 bytes", tooLargeForClient.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_observer_sees_each_call_end()
    {
        var observer = new Observer();
        await using var server = await StartAsync(new Settings { Observer = observer }, Echo());

        await server.CallAsync("x");

        Assert.Equal((Unary, RpcCode.Ok), Assert.Single(observer.Ended));
    }

    [Fact]
    public async Task An_observer_sees_calls_of_methods_that_there_are_not_as_one()
    {
        var observer = new Observer();
        await using var server = await StartAsync(new Settings { Observer = observer }, Echo());

        await RefusalAsync(() => server.Channel.CallAsync("/test.Echo/Nothing", new StringValue(), StringValue.Parser));
        await RefusalAsync(() => server.Channel.CallAsync("/no.Service/Nothing", new StringValue(), StringValue.Parser));

        Assert.Equal([("unknown", RpcCode.Unimplemented), ("unknown", RpcCode.Unimplemented)], observer.Ended);
    }

    [Fact]
    public void A_path_with_two_entries_in_the_method_table_is_refused_at_start()
    {
        var refused = Assert.Throws<ArgumentException>(() => MethodBinding.Bind([Echo(), Echo()], observer: null));

        Assert.Contains(Unary, refused.Message, StringComparison.Ordinal);
    }

    private sealed class Observer : ICallObserver
    {
        public List<(string Path, RpcCode Status)> Ended { get; } = [];

        public IMethodObserver OfUnknown => new OfMethod(this, "unknown");

        public IMethodObserver Of(RpcMethod method) => new OfMethod(this, method.Path);

        private sealed class OfMethod(Observer all, string path) : IMethodObserver
        {
            public void CallEnded(RpcCode status, TimeSpan duration) => all.Ended.Add((path, status));
        }
    }
}
