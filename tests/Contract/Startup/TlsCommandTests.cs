using Snakepit.Tests.Unit.Transport;

namespace Snakepit.Tests.Contract.Startup;

/// <summary>TLS and tokens from the shell, all by the executable.</summary>
public sealed class TlsCommandTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new("stranger");

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task A_server_and_its_callers_are_told_of_their_certificates()
    {
        var files = _authority.Issue("server");
        await using var server = SidecarProgram.Start(
            null, "serve", "--port", "0", "--memory", "--listen", "0.0.0.0",
            "--tls-cert", files.Certificate!, "--tls-key", files.Key!, "--tls-client-ca", _authority.Certificate);
        var target = $"localhost:{await server.ReadyAsync()}";
        var client = _authority.Issue("client", TestAuthority.ClientUse);
        string[] known = ["--server", target, "--tls-ca", _authority.Certificate, "--tls-client-cert", client.Certificate!, "--tls-client-key", client.Key!];

        Assert.StartsWith($"{target} answered in ", await SidecarProgram.RunAsync(["ping", .. known]), StringComparison.Ordinal);
        await SidecarProgram.RunAsync(["register", "tour", "x", "integer", "1", .. known]);
        Assert.Contains("\"value\":1", await SidecarProgram.RunAsync(["get", "tour", "x", "--json", .. known]), StringComparison.Ordinal);

        await FailsAsync("; perhaps it serves TLS", "--server", target);
        await FailsAsync("; perhaps it asks for a client certificate", "--server", target, "--tls-ca", _authority.Certificate);
        await FailsAsync("comes from an authority that is not trusted: CN=authority", [.. known.Select(text => text == _authority.Certificate ? _stranger.Certificate : text)]);
    }

    [Fact]
    public async Task A_server_without_TLS_or_callers_that_are_known_is_not_opened_to_other_machines_but_warns_where_it_must()
    {
        await using var refused = SidecarProgram.Start(null, "serve", "--port", "0", "--memory", "--admin", "0.0.0.0:0");
        var (status, output, errors) = await refused.EndAsync();
        Assert.Equal((1, ""), (status, output));
        Assert.StartsWith("snakepit: --admin 0.0.0.0:0: other machines could reach it, and nothing is encrypted", errors, StringComparison.Ordinal);

        await using var open = SidecarProgram.Start(null, "serve", "--port", "0", "--memory", "--listen", "0.0.0.0", "--insecure");
        await open.ReadyAsync();
        open.Signal("TERM");
        var (_, _, log) = await open.EndAsync();
        Assert.Contains(
            " warning Exposure: --listen 0.0.0.0: other machines could reach it, and nothing is encrypted (--tls-cert) and nobody is asked who they are",
            log,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_goes_to_other_machines_by_TLS_only()
    {
        const string Secret = "sesame";
        await using var command = SidecarProgram.Start(
            new Dictionary<string, string> { ["SNAKEPIT_TOKEN"] = Secret }, "ping", "--server", "192.0.2.1:50051", "--timeout", "1s");
        var (status, _, errors) = await command.EndAsync();
        Assert.Equal(1, status);
        Assert.Equal("snakepit: the token would go to 192.0.2.1:50051 in cleartext: say --tls, or --insecure-token if that is meant\n", errors);

        var file = _authority.PathOf("token");
        await File.WriteAllTextAsync(file, "two words\n", TestContext.Current.CancellationToken);
        await using var bad = SidecarProgram.Start(null, "ping", "--token-file", file);
        Assert.Equal((1, $"snakepit: {file} holds no token: it must be one word of printable ASCII\n"), Of(await bad.EndAsync()));
    }

    private static (int Status, string Errors) Of((int Status, string Output, string Errors) ended) => (ended.Status, ended.Errors);

    private static async Task FailsAsync(string words, params string[] options)
    {
        await using var command = SidecarProgram.Start(null, ["ping", .. options]);
        var (status, output, errors) = await command.EndAsync();
        Assert.Equal((3, ""), (status, output));
        Assert.EndsWith($"{words}\n", errors, StringComparison.Ordinal);
    }
}
