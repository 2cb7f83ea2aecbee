using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Snakepit.Serving.Doctor;
using Snakepit.Serving.Settings.Groups;
using Snakepit.Transport;

namespace Snakepit.Tests.Sidecar;

/// <summary>What `snakepit doctor` says of where a server would listen: what is in the way, and what to do about just that.</summary>
public sealed class DoctorPortTests
{
    [Fact]
    public async Task One_port_for_calls_and_for_probes_is_bad_and_both_are_named()
    {
        var port = FreePort.Next();
        var typed = await Typed.RunAsync("doctor", "--memory", "--port", Text(port), "--admin", $"127.0.0.1:{Text(port)}");

        Assert.Equal(1, typed.ExitCode);
        Assert.Contains(
            $"bad   admin port  127.0.0.1:{Text(port)} (--admin) and localhost:{Text(port)} (--port or --listen) exclude each other", typed.Output, StringComparison.Ordinal);
        Assert.Contains("→ give one of the two another port\n", typed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_addresses_for_calls_of_which_one_has_the_other_in_it_are_bad()
    {
        var port = FreePort.Next();
        var typed = await Typed.RunAsync("doctor", "--memory", "--port", Text(port), "--listen", "localhost", "--listen", "127.0.0.1");

        Assert.Equal(1, typed.ExitCode);
        Assert.Contains($"bad   port        127.0.0.1:{Text(port)} (--port or --listen) and localhost:{Text(port)} ", typed.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("localhost", "::1", true)]
    [InlineData("0.0.0.0", "127.0.0.1", true)]
    [InlineData("127.0.0.1", "0.0.0.0", true)]
    [InlineData("::", "127.0.0.1", true)]
    [InlineData("*", "0.0.0.0", true)]
    [InlineData("0.0.0.0", "::1", false)]
    [InlineData("127.0.0.1", "::1", false)]
    [InlineData("127.0.0.1", "127.0.0.2", false)]
    public void On_one_port_exclude_each_other_what_the_kernel_refuses(string first, string second, bool exclude)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "there is no IPv6 here");
        var taken = new TakenPlace("--port", new GrpcEndpoint(first, 50051));

        Assert.Equal(exclude ? taken : null, PortClash.Of(new GrpcEndpoint(second, 50051), [taken]));
        Assert.Null(PortClash.Of(new GrpcEndpoint(second, 50052), [taken]));
    }

    [Fact]
    public void One_port_for_silos_and_for_gateways_is_bad_and_both_are_named()
    {
        var endpoint = new GrpcEndpoint("127.0.0.1", FreePort.Next());
        var finding = SiloChecks.Port("client port", SiloGroup.ClientPort, endpoint, [], new TakenPlace(SiloGroup.SiloPort.Option, endpoint));

        Assert.Equal(Verdict.Bad, finding.Verdict);
        Assert.Equal($"{endpoint} (--client-port) and {endpoint} (--silo-port) exclude each other", finding.Text);
        Assert.Equal(Verdict.Good, SiloChecks.Port("client port", SiloGroup.ClientPort, endpoint, []).Verdict);
    }

    [Fact]
    public void Any_free_port_is_another_one_each_time() =>
        Assert.Null(PortClash.Of(new GrpcEndpoint("127.0.0.1", 0), [new TakenPlace("--port", new GrpcEndpoint("127.0.0.1", 0))]));

    [Fact]
    public async Task An_address_that_this_machine_has_not_is_told_from_a_port_that_is_taken()
    {
        // Of a network that is for examples (RFC 5737).
        var typed = await Typed.RunAsync("doctor", "--memory", "--insecure", "--listen", "192.0.2.1", "--port", Text(FreePort.Next()));

        Assert.Equal(1, typed.ExitCode);
        Assert.Contains("→ name an address that this machine has (`ip address` lists them) with --listen", typed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("end what listens there", typed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_port_has_its_own_advice()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var typed = await Typed.RunAsync("doctor", "--memory", "--port", "0", "--admin", $"127.0.0.1:{Text(port)}");

        Assert.Contains(
            $"→ end what listens there (`ss -ltnp 'sport = :{Text(port)}'` names it), or choose another port with --admin\n", typed.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, "name an address of this machine with --listen, or a name that leads to one")]
    [InlineData(SocketError.AccessDenied, "are for privileged users: choose one from")]
    [InlineData(SocketError.AddressNotAvailable, "name an address that this machine has")]
    [InlineData(SocketError.AddressAlreadyInUse, "end what listens there")]
    [InlineData(SocketError.AddressFamilyNotSupported, "choose another address with --listen")]
    public void What_to_do_depends_on_what_is_in_the_way(SocketError error, string advice)
    {
        var unavailable = new EndpointUnavailableException(new GrpcEndpoint("db", 80), "it is refused", new SocketException((int)error));

        Assert.Contains(advice, ListenAdvice.For(unavailable, "--listen", "--port"), StringComparison.Ordinal);
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
