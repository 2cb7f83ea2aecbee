using System.Net;
using System.Net.Sockets;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Tests.Unit.Transport;

/// <summary>A server that takes connections and what is sent, and answers nothing more: one that stands still.</summary>
public sealed class SilentServerTests : IAsyncDisposable
{
    private static readonly RpcChannelOptions Impatient = new()
    {
        KeepAlivePingDelay = TimeSpan.FromSeconds(1),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(1),
    };

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    public SilentServerTests()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    [Fact]
    public async Task Calls_to_it_end_as_UNAVAILABLE_so_that_who_may_repeats_them()
    {
        using var channel = new RpcChannel(_listener.LocalEndpoint.ToString()!, Impatient);
        var call = channel.CallAsync(EchoServer.Unary, new StringValue { Value = "?" }, StringValue.Parser);
        var stream = channel.Stream(EchoServer.Stream, new StringValue { Value = "?" }, StringValue.Parser);

        Assert.Equal(RpcCode.Unavailable, (await EchoServer.RefusalAsync(() => call)).Code);
        Assert.Equal(RpcCode.Unavailable, (await EchoServer.RefusalAsync(() => stream.ReadAsync().AsTask())).Code);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }

    // Its settings, as a server of HTTP/2 begins; from then on it only reads.
    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ReadAsync(await _listener.AcceptSocketAsync()));
            }
        }
        catch (SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private static async Task ReadAsync(Socket connection)
    {
        using (connection)
        {
            try
            {
                await connection.SendAsync("\0\0\0\u0004\0\0\0\0\0"u8.ToArray());
                var buffer = new byte[4096];
                while (await connection.ReceiveAsync(buffer) > 0)
                {
                }
            }
            catch (SocketException)
            {
                // Its client has gone.
            }
        }
    }
}
