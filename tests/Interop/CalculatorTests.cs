using System.Net;
using System.Net.Sockets;

namespace Snakepit.Tests.Interop;

/// <summary>The calculator's public client, which knows one address: localhost:3000.</summary>
public sealed class CalculatorTests(ITestOutputHelper output)
{
    private const int PublicPort = 3000;

    [Fact]
    public async Task The_public_client_prints_its_session_and_its_answer()
    {
        var client = await Needed.Async(Python.ScriptAsync("tests/Interop/python/calculator_client.py"));
        var isFree = IsFree(PublicPort);
        await using var sidecar = await SidecarProcess.StartAsync(isFree ? PublicPort : 0);
        if (!isFree)
        {
            output.WriteLine($"port {PublicPort} is in use here: the client is given {sidecar.Target}");
        }

        var ended = await (isFree ? client.RunAsync() : client.RunAsync(sidecar.Target));

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Collection(
            ended.Output,
            line => Assert.Matches("^Session is [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", line),
            line => Assert.Equal("Answer is 10.0", line));
    }

    private static bool IsFree(int port)
    {
        try
        {
            // Both families, as the server listens: a client's localhost may be either.
            foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
            {
                using var listener = new TcpListener(address, port);
                listener.Start();
            }

            return true;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported;
        }
    }
}
