using Snakepit.Tests.Unit.Transport;

namespace Snakepit.Tests.Interop;

/// <summary>grpcio as it is, against a sidecar that serves TLS and asks for certificates.</summary>
public sealed class TlsTests
{
    [Fact]
    public async Task Python_connects_by_mutual_TLS_and_in_no_other_way()
    {
        var client = await Needed.Async(Python.ScriptAsync("tests/Interop/python/tls_client.py"));
        using var authority = new TestAuthority();
        using var stranger = new TestAuthority("stranger");
        var server = authority.Issue("server");
        var own = authority.Issue("client", TestAuthority.ClientUse);
        await using var sidecar = await SidecarProcess.StartAsync(
            0, "--tls-cert", server.Certificate!, "--tls-key", server.Key!, "--tls-client-ca", authority.Certificate);

        var ended = await client.RunAsync(
            $"localhost:{sidecar.Port}", authority.Certificate, stranger.Certificate, own.Certificate!, own.Key!);

        Assert.Equal(0, ended.ExitCode);
        Assert.Collection(
            ended.Output,
            line => Assert.Equal("mutual: pong: mutual", line),
            line => Assert.StartsWith("no certificate: UNAVAILABLE ", line, StringComparison.Ordinal),
            line => Assert.Matches("(?i)^another authority: UNAVAILABLE .*certificate.verify.failed", line),
            line => Assert.Matches("^another name: UNAVAILABLE .*example.org is not in peer certificate", line),
            line => Assert.StartsWith("cleartext: UNAVAILABLE ", line, StringComparison.Ordinal));
    }
}
