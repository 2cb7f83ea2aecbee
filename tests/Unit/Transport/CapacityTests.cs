using System.Net;
using System.Net.Sockets;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;
using static Snakepit.Tests.Unit.Transport.EchoServer;

namespace Snakepit.Tests.Unit.Transport;

/// <summary>What a server bears of all its callers together: connections, and bytes of requests that are not all there.</summary>
public sealed class CapacityTests
{
    private const int Budget = 2 * 1024 * 1024;
    private const int Missing = 10_000;

    /// <summary>Two of them are within the budget, three are not.</summary>
    private static readonly byte[] Large = RawClient.Frame(new string('x', 900_000));

    [Theory]
    [InlineData(Unary)]
    [InlineData(Duplex)]
    public async Task Of_requests_that_are_not_all_there_as_many_are_kept_as_fit_and_the_rest_is_refused(string path)
    {
        await using var server = await StartAsync(Narrow, Echo(), Swallow());
        using var raw = new RawClient(server.Target);

        // Twice: what the first time has taken is there again.
        for (var time = 0; time < 2; time++)
        {
            var calls = Enumerable.Range(0, 3).Select(_ => new HalfSent(raw, path)).ToList();
            var refused = await Task.WhenAny(calls.Select(call => call.Answer)).WaitAsync(Soon, TestContext.Current.CancellationToken);
            var answer = await refused;
            Assert.Equal(Code(RpcCode.ResourceExhausted), answer.Refusal);
            Assert.Contains($"{Budget} bytes", answer.Message, StringComparison.Ordinal);

            Assert.Equal("small", (await server.CallAsync("small")).Value);
            foreach (var call in calls.Where(call => call.Answer != refused))
            {
                Assert.False(call.Answer.IsCompleted);
                call.Content.SendRest();
                Assert.Equal("0", (await call.Answer).Trailers["grpc-status"]);
            }
        }

        Assert.Contains(server.Log.Entries, entry => entry.Message.Contains("not all there yet", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_caller_that_goes_away_in_the_middle_of_its_request_gives_back_what_that_held()
    {
        await using var server = await StartAsync(Narrow, Echo(), Swallow());
        using (var gone = new RawClient(server.Target))
        {
            var calls = Enumerable.Range(0, 3).Select(_ => new HalfSent(gone, Unary)).ToList();
            await Task.WhenAny(calls.Select(call => call.Answer)).WaitAsync(Soon, TestContext.Current.CancellationToken);
        }

        using var raw = new RawClient(server.Target);
        using var over = new CancellationTokenSource(Soon);
        RawClient.Answer answer;
        do
        {
            Assert.False(over.IsCancellationRequested, "what a caller held that has gone is still held");
            answer = await raw.PostAsync(Large);
        }
        while (answer.Headers.GetValueOrDefault("grpc-status") == Code(RpcCode.ResourceExhausted));
        Assert.Equal("0", answer.Trailers["grpc-status"]);
    }

    [Fact]
    public async Task The_largest_request_comes_through_whatever_the_budget()
    {
        var settings = new Settings { ServerLimit = Large.Length - 5, Capacity = new ServerCapacity { IncompleteBytes = 1 } };
        await using var server = await StartAsync(settings, Echo());
        using var raw = new RawClient(server.Target);
        var call = new HalfSent(raw, Unary, missing: 1);
        call.Content.SendRest();
        Assert.Equal("0", (await call.Answer).Trailers["grpc-status"]);
    }

    [Fact]
    public async Task One_connection_too_many_is_closed_and_the_log_says_so_once_a_second_at_most()
    {
        var settings = new Settings { Capacity = new ServerCapacity { Connections = 2 }, TimeProvider = new StoppedTime() };
        await using var server = await StartAsync(settings, Echo());
        using var first = await ServedAsync(server);
        using var second = await ServedAsync(server);
        Assert.True(first is not null && second is not null);

        for (var extra = 0; extra < 3; extra++)
        {
            Assert.Null(await ServedAsync(server));
        }

        Assert.Equal(
            "1 new connections were closed at once: 2 are open, as many as may be",
            Assert.Single(server.Log.Entries, entry => entry.Message.Contains("closed at once", StringComparison.Ordinal)).Message);

        first.Dispose();
        using var over = new CancellationTokenSource(Soon);
        Socket? next;
        while ((next = await ServedAsync(server)) is null)
        {
            Assert.False(over.IsCancellationRequested, "the place of a connection that has ended is not free");
        }

        next.Dispose();
    }

    private static Settings Narrow => new() { ServerLimit = 1024 * 1024, Capacity = new ServerCapacity { IncompleteBytes = Budget } };

    private static string Code(RpcCode code) => ((int)code).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static DuplexMethod<StringValue> Swallow() => OnDuplex(async (requests, _, call) =>
    {
        while (await requests.ReadAsync(call.Cancellation) is not null)
        {
        }

        return RpcStatus.Ok;
    });

    /// <summary>A connection that the server has taken, of which a server of HTTP/2 speaks before all else; null = it was closed.</summary>
    private static async Task<Socket?> ServedAsync(EchoServer server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPEndPoint.Parse(server.Target), TestContext.Current.CancellationToken);
            await socket.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"u8.ToArray());
            if (await socket.ReceiveAsync(new byte[64]).WaitAsync(Soon) > 0)
            {
                return socket;
            }
        }
        catch (SocketException)
        {
            // It was closed with what it had not read.
        }

        socket.Dispose();
        return null;
    }

    /// <summary>A call of which so much has been sent and no more.</summary>
    private sealed class HalfSent
    {
        public HalfSent(RawClient raw, string path, int missing = Missing)
        {
            Content = new HalfSentContent(Large, missing);
            Answer = raw.SendAsync(HttpMethod.Post, Content, path);
        }

        public HalfSentContent Content { get; }

        public Task<RawClient.Answer> Answer { get; }
    }

    private sealed class StoppedTime : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
