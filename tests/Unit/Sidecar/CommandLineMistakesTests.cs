using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Snakepit.Tests.Storage;

namespace Snakepit.Tests.Sidecar;

public sealed class CommandLineMistakesTests
{
    [Theory]
    [InlineData("srve", "Unrecognized command 'srve'; did you mean 'serve'?")]
    [InlineData("", "Unrecognized command ''; see snakepit --help")]
    [InlineData("Serve", "Unrecognized command 'Serve'; did you mean 'serve'?")]
    [InlineData("serve --prot 3", "Unrecognized command or argument '--prot'; did you mean '--port'?")]
    [InlineData("--prot 3", "Unrecognized command or argument '--prot'; did you mean '--port'?")]
    [InlineData("-p 3", "Unrecognized command or argument '-p'; see snakepit serve --help")]
    [InlineData("serve extra", "Unrecognized command or argument 'extra'; see snakepit serve --help")]
    [InlineData("serve --memory false", "Unrecognized command or argument 'false'; see snakepit serve --help")]
    [InlineData("serve --port", "Required argument missing for option: '--port'; see snakepit serve --help")]
    [InlineData("--port 1 --port 2", "Option '--port' expects a single argument but 2 were provided; see snakepit serve --help")]
    [InlineData("get tour --jsno", "Unrecognized option '--jsno'; did you mean '--json'?")]
    [InlineData("watch tour a --patern b", "Unrecognized option '--patern'; did you mean '--pattern'?")]
    [InlineData("get", "Required argument 'SESSION' missing for command: 'get'; see snakepit get --help")]
    [InlineData("set a b c --expect x", "--expect: 'x' is not a whole number, at most 2147483647; see snakepit set --help")]
    [InlineData("history a b --limit 2147483648", "--limit: '2147483648' is not a whole number, at most 2147483647; see snakepit history --help")]
    [InlineData("watch a --from 1.5", "--from: '1.5' is not a whole number, at most 9223372036854775807; see snakepit watch --help")]
    [InlineData("rollback a b last", "VERSION: 'last' is not a whole number, at most 2147483647; see snakepit rollback --help")]
    public async Task What_does_not_fit_the_command_is_told_with_where_to_look(string line, string message)
    {
        await ExpectAsync(message, line.Split(' '));
    }

    [Theory]
    [InlineData("--port x", "--port: 'x' is not a port, 0 to 65535")]
    [InlineData("serve --max-batch 0", "--max-batch: '0' is not a whole number, 1 to 2147483647")]
    [InlineData("serve --ttl soon", "--ttl: 'soon' is not a duration such as 500ms, 30s, 5m, 1h, 2d or a number of seconds, 1ms to 3650d")]
    [InlineData("serve --max-value-bytes 2GiB", "--max-value-bytes: '2GiB' is not a size such as 16MiB, 64KiB or a number of bytes, 1 to 2147483591")]
    [InlineData("serve --listen localhost --listen :1", "--listen: 'localhost,:1' is not a host name or an IP address, with or without a port")]
    [InlineData("serve --port 0 --memory --listen 0.0.0.0", "--listen 0.0.0.0: other machines could reach it, and nothing is encrypted (--tls-cert) and nobody is asked who they are (--tls-client-ca); say --insecure if that is meant")]
    [InlineData("serve --port 0 --memory --tls-cert a", "--tls-cert needs --tls-key")]
    [InlineData("serve --port 0 --memory --tls-cert /nowhere/a --tls-key b", "/nowhere/a cannot be read: Could not find a part of the path '/nowhere/a'.")]
    [InlineData("ping --tls-client-cert a", "--tls-client-cert needs --tls-client-key")]
    [InlineData("ping --tls-ca /nowhere/a", "/nowhere/a cannot be read: Could not find a part of the path '/nowhere/a'.")]
    [InlineData("ping --token-file /nowhere/a", "--token-file: Could not find a part of the path '/nowhere/a'.")]
    [InlineData("ping --token a", "--token: a secret cannot stand on the command line, where other users see it; set the variable SNAKEPIT_TOKEN")]
    [InlineData("serve --port 0 --memory --data a", "--memory and --data exclude each other")]
    [InlineData("ping --server localhost", "--server: 'localhost' is not HOST:PORT")]
    [InlineData("ping --server localhost:0", "--server: 'localhost:0' is not HOST:PORT")]
    [InlineData("ping --server *:1", "--server: '*:1' is not HOST:PORT")]
    [InlineData("ping --server http://localhost:1", "--server: 'http://localhost:1' is not HOST:PORT")]
    [InlineData("ping --timeout 31d", "--timeout: '31d' is not a duration such as 500ms, 30s, 5m, 1h, 2d or a number of seconds, 1ms to 30d")]
    [InlineData("watch tour --min-interval 0", "--min-interval: '0' is not a duration such as 500ms, 30s, 5m, 1h, 2d or a number of seconds, 1ms to 30d")]
    [InlineData("call tour add a", "'a' is not KEY=VALUE, as count=2")]
    [InlineData("call tour add =1", "'=1' is not KEY=VALUE, as count=2")]
    [InlineData("workers ad localhost:1", "ACTION: 'ad' is not list, add or remove")]
    [InlineData("worker add", "WORKER: HOST:PORT is missing")]
    [InlineData("workers remove", "WORKER: an id is missing")]
    [InlineData("workers list extra", "WORKER: 'extra' is one too many")]
    [InlineData("workers remove w --id w", "--id belongs to add")]
    [InlineData("calc 1 + two", "EXPR: 'two' is not a number; put spaces around operators")]
    public async Task A_wrong_value_is_told_with_its_option(string line, string message)
    {
        await ExpectAsync(message, line.Split(' '));
    }

    [Fact]
    public async Task A_configuration_file_that_is_not_there_is_told()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("settings.json");
        await ExpectAsync(
            $"the configuration file cannot be read: Could not find file '{path}'.", "serve", "--config", path);
    }

    [Fact]
    public async Task A_setting_the_file_misspells_is_told()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("settings.json");
        await File.WriteAllTextAsync(path, """{"prot": 1}""");
        await ExpectAsync($"unknown setting 'prot' in {path}; did you mean 'port'?", "--config", path);
    }

    [Theory]
    [InlineData("--port", "localhost", "serve --memory --port {0}")]
    [InlineData("--listen", "127.0.0.1", "serve --memory --listen 127.0.0.1:{0}")]
    [InlineData("--admin", "127.0.0.1", "serve --memory --port 0 --admin 127.0.0.1:{0}")]
    public async Task A_port_in_use_is_told_with_its_option_and_what_to_do(string option, string host, string line)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var typed = await Typed.RunAsync(string.Format(CultureInfo.InvariantCulture, line, port).Split(' '));
        Assert.Equal(1, typed.ExitCode);
        Assert.Equal(
            $"snakepit: cannot listen on {host}:{port}: the port is in use; end what listens there (`ss -ltnp 'sport = :{port}'` names it), or choose another with {option}\n",
            typed.Error);
    }

    [Fact]
    public async Task What_was_typed_breaks_no_line_and_moves_no_cursor()
    {
        await ExpectAsync("""--port: '1\u000a\u001b[2J' is not a port, 0 to 65535""", "--port", "1\n\e[2J");
    }

    [Fact]
    public async Task An_at_sign_names_no_file_of_arguments()
    {
        await ExpectAsync("--port: '@port' is not a port, 0 to 65535", "--port", "@port");
    }

    private static async Task ExpectAsync(string message, params string[] arguments)
    {
        Assert.Equal(new Typed(1, "", $"snakepit: {message}\n"), await Typed.RunAsync(arguments));
    }
}
