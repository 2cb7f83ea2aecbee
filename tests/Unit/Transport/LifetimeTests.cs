using System.Net;
using System.Net.Sockets;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;
using static Snakepit.Tests.Unit.Transport.EchoServer;

namespace Snakepit.Tests.Unit.Transport;

/// <summary>Where a server listens, and how it stops.</summary>
public sealed class LifetimeTests
{
    [Fact]
    public async Task Localhost_is_both_families_on_one_free_port()
    {
        await using var server = await StartAsync(new Settings { Endpoint = new GrpcEndpoint("localhost", 0) }, Echo());

        var port = Assert.Single(server.Server.Ports);
        Assert.NotEqual(0, port);
        foreach (var endPoint in server.Server.EndPoints)
        {
            using var channel = new RpcChannel(endPoint.ToString());
            Assert.Equal("hi", (await channel.CallAsync(Unary, new StringValue { Value = "hi" }, StringValue.Parser)).Value);
        }

        Assert.Equal(HasIPv6Loopback() ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback], server.Server.EndPoints.Select(e => e.Address));
    }

    [Fact]
    public async Task A_port_in_use_is_one_clear_line()
    {
        await using var first = await StartAsync(Echo());
        var port = first.Server.Ports[0];

        var refused = await Assert.ThrowsAsync<EndpointUnavailableException>(
            () => StartAsync(new Settings { Endpoint = new GrpcEndpoint("localhost", port) }, Echo()));

        Assert.Equal($"cannot listen on localhost:{port}: the port is in use", refused.Message);
    }

    [Theory]
    [InlineData("192.0.2.1", 0, "cannot listen on 192.0.2.1:0: ")]
    [InlineData("127.0.0.1", 70000, "cannot listen on 127.0.0.1:70000: a port is a number from 0 to 65535")]
    public async Task An_address_that_cannot_be_is_named(string host, int port, string words)
    {
        var refused = await Assert.ThrowsAsync<EndpointUnavailableException>(
            () => StartAsync(new Settings { Endpoint = new GrpcEndpoint(host, port) }, Echo()));

        Assert.StartsWith(words, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_refused_is_UNAVAILABLE_with_the_address()
    {
        var server = await StartAsync(Echo());
        var target = server.Target;
        await server.DisposeAsync();
        using var channel = new RpcChannel(target);

        var status = await RefusalAsync(() => channel.CallAsync(Unary, new StringValue(), StringValue.Parser));

        Assert.Equal(RpcCode.Unavailable, status.Code);
        Assert.StartsWith($"cannot connect to {target}: ", status.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("host:port")]
    [InlineData("host:1/path")]
    public void A_target_that_is_not_host_and_port_is_refused(string target) =>
        Assert.Throws<ArgumentException>(() => new RpcChannel(target));

    [Fact]
    public async Task A_server_that_stops_lets_streams_end_with_a_last_status_and_takes_no_new_calls()
    {
        var drained = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        await using var server = await StartAsync(new Settings(), starting =>
        [
            Echo(),
            OnStream(async (_, responses, call) =>
            {
                await responses.StartAsync();
                await Task.Delay(Timeout.Infinite, starting.Draining).ContinueWith(_ => { }, TaskScheduler.Default);
                drained.SetResult();
                await goOn.Task;
                call.SetTrailer("snakepit-revision", "7");
                return new RpcStatus(RpcCode.Unavailable, "the server is draining");
            }),
        ]);
        using var stream = server.OpenStream();
        await stream.ResponseHeaders.WaitAsync(Soon);

        var stopped = server.Server.StopAsync(Soon);
        await drained.Task.WaitAsync(Soon);
        var refused = await RefusalAsync(() => server.CallAsync("late"));
        goOn.SetResult();
        var last = await RefusalAsync(() => stream.ReadAsync().AsTask());
        await stopped.WaitAsync(Soon);

        Assert.Equal(RpcCode.Unavailable, refused.Code);
        Assert.Equal(new RpcStatus(RpcCode.Unavailable, "the server is draining"), last);
        Assert.Equal("7", stream.Trailers["snakepit-revision"]);
        Assert.Empty(server.Log.Errors);
    }

    [Fact]
    public async Task A_call_in_flight_is_answered_within_the_grace()
    {
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var server = await StartAsync(OnUnary(async (request, _) =>
        {
            entered.SetResult();
            await release.Task;
            return request;
        }));

        var answer = server.CallAsync("in flight");
        await entered.Task.WaitAsync(Soon);
        var stopped = server.Server.StopAsync(Soon);
        release.SetResult();

        Assert.Equal("in flight", (await answer).Value);
        await stopped.WaitAsync(Soon);
    }

    [Fact]
    public async Task After_the_grace_calls_are_cut_off()
    {
        var cancelled = new TaskCompletionSource();
        await using var server = await StartAsync(OnStream(async (_, responses, call) =>
        {
            await responses.StartAsync();
            await Task.Delay(Timeout.Infinite, call.Cancellation).ContinueWith(_ => { }, TaskScheduler.Default);
            cancelled.SetResult();
            return RpcStatus.Ok;
        }));
        using var stream = server.OpenStream();
        await stream.ResponseHeaders.WaitAsync(Soon);

        await server.Server.StopAsync(TimeSpan.FromMilliseconds(50)).WaitAsync(Soon);

        await cancelled.Task.WaitAsync(Soon);
        var status = await RefusalAsync(() => stream.ReadAsync().AsTask());
        Assert.Equal(RpcCode.Unavailable, status.Code);
    }

    private static bool HasIPv6Loopback()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
