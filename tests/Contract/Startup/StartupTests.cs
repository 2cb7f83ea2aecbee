using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Bridge;
using Snakepit.Transport;

namespace Snakepit.Tests.Contract.Startup;

/// <summary>How the process starts and ends, as whoever launches it sees it.</summary>
public sealed class StartupTests
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_server_says_it_is_ready_serves_and_ends_with_status_0_on_a_signal(string signal)
    {
        Assert.SkipWhen(signal == "INT" && SidecarProgram.IgnoresInterrupt, "whoever started the tests has them ignore it, as a shell does with what it starts by &");
        await using var program = SidecarProgram.Start(null, "serve", "--memory", "--port", "0");
        var port = await program.ReadyAsync();
        await PingAsync($"127.0.0.1:{port}");
        program.Signal(signal);
        var (status, output, errors) = await program.EndAsync();
        Assert.Equal((0, ""), (status, output));
        Assert.Contains($"port {port}", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Localhost_is_both_families_on_one_free_port()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "this machine has no IPv6");
        await using var program = SidecarProgram.Start(null, "serve", "--memory", "--port", "0");
        var port = await program.ReadyAsync();
        await PingAsync($"127.0.0.1:{port}");
        await PingAsync($"[::1]:{port}");
    }

    [Fact]
    public async Task The_ready_file_holds_the_port_once_calls_are_served()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("snakepit-ready-").FullName, "port");
        var environment = new Dictionary<string, string> { ["SNAKEPIT_READY_FILE"] = file };
        await using var program = SidecarProgram.Start(environment, "serve", "--memory", "--port", "0");
        var port = await program.ReadyAsync();
        Assert.Equal(port.ToString(CultureInfo.InvariantCulture), (await File.ReadAllTextAsync(file)).Trim());
    }

    [Fact]
    public async Task The_settings_in_appsettings_of_the_working_directory_hold()
    {
        var folder = Directory.CreateTempSubdirectory("snakepit-settings-").FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "appsettings.json"),
            """{"Snakepit": {"memory": true, "log-format": "json", "database": "of the cluster"}, "AllowedHosts": "*"}""",
            TestContext.Current.CancellationToken);
        await using var program = SidecarProgram.StartIn(folder, null, "serve", "--port", "0");
        await program.ReadyAsync();
        program.Signal("TERM");
        var (status, _, errors) = await program.EndAsync();
        Assert.Equal(0, status);
        Assert.StartsWith("{", errors, StringComparison.Ordinal);
        Assert.Contains("kept in memory", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_one_line_and_status_1()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await MistakeAsync(
            port.ToString(CultureInfo.InvariantCulture),
            "serve", "--memory", "--listen", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_data_folder_that_is_a_file_is_one_line_and_status_1()
    {
        var file = Path.GetTempFileName();
        await MistakeAsync(file, "serve", "--port", "0", "--data", file);
    }

    [Fact]
    public async Task A_data_folder_in_use_is_one_line_and_status_1()
    {
        var folder = Directory.CreateTempSubdirectory("snakepit-data-").FullName;
        await using var first = SidecarProgram.Start(null, "serve", "--port", "0", "--data", folder);
        await first.ReadyAsync();
        await MistakeAsync(folder, "serve", "--port", "0", "--data", folder);
    }

    [Theory]
    [InlineData("--prot", "--prot", "3000")]
    [InlineData("70000", "--port", "70000")]
    [InlineData("0.0.0.0", "--listen", "0.0.0.0")]
    [InlineData("soon", "--ttl", "soon")]
    [InlineData("/nowhere/access.json", "--access", "/nowhere/access.json")]
    [InlineData("the access file /dev/null: it is not JSON", "--access", "/dev/null")]
    public async Task A_bad_option_is_one_line_that_names_it_and_status_1(string culprit, params string[] options) =>
        await MistakeAsync(culprit, ["serve", "--memory", .. options]);

    [Fact]
    public async Task Logs_go_to_stderr_as_lines_of_json_and_hold_no_values()
    {
        const string Secret = "a value nobody logs";
        await using var program = SidecarProgram.Start(
            null, "serve", "--memory", "--port", "0", "--log-format", "json", "--log-level", "debug");
        using var channel = new RpcChannel($"127.0.0.1:{await program.ReadyAsync()}");
        await channel.CallAsync(
            "/snakepit.bridge.BridgeService/RegisterVariable",
            new RegisterVariableRequest
            {
                SessionId = "logged",
                Name = "x",
                Type = "string",
                InitialValue = new Any { Value = ByteString.CopyFromUtf8($"\"{Secret}\"") },
            },
            RegisterVariableResponse.Parser,
            cancellation: TestContext.Current.CancellationToken);
        program.Signal("TERM");
        var (_, output, errors) = await program.EndAsync();
        Assert.Equal("", output);
        Assert.Contains("var_x_1", errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, errors, StringComparison.Ordinal);
        foreach (var line in errors.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var parsed = JsonDocument.Parse(line);
        }
    }

    [Fact]
    public async Task A_watch_ends_quietly_once_its_reader_has_left()
    {
        await using var server = SidecarProgram.Start(null, "serve", "--memory", "--port", "0");
        var target = $"127.0.0.1:{await server.ReadyAsync()}";
        await SidecarProgram.RunAsync("register", "s", "x", "integer", "1", "--server", target);
        await using var watch = SidecarProgram.Start(null, "watch", "s", "--json", "--server", target);
        Assert.Contains("initial_value", await watch.ReadLineAsync(), StringComparison.Ordinal);
        watch.LeaveOutput();
        await SidecarProgram.RunAsync("set", "s", "x", "2", "--server", target);
        Assert.Equal((0, ""), await watch.EndUnreadAsync());
    }

    private static async Task MistakeAsync(string culprit, params string[] arguments)
    {
        await using var program = SidecarProgram.Start(null, arguments);
        var (status, output, errors) = await program.EndAsync();
        Assert.Equal((1, ""), (status, output));
        var line = Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(culprit, line, StringComparison.Ordinal);
    }

    private static async Task PingAsync(string target)
    {
        using var channel = new RpcChannel(target);
        var reply = await channel.CallAsync(
            "/snakepit.bridge.BridgeService/Ping",
            new PingRequest { Message = "hello" },
            PingResponse.Parser,
            cancellation: TestContext.Current.CancellationToken);
        Assert.Equal("pong: hello", reply.Message);
    }
}
