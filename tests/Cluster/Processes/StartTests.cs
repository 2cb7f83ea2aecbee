using System.Net;
using System.Net.Sockets;
using Snakepit.Tests.Robustness.Support;

namespace Snakepit.Tests.Cluster.Processes;

/// <summary>What cannot start says why in one line, and ends with status 1.</summary>
[Collection(PostgresForProcesses.Name)]
public sealed class StartTests(PostgresForProcesses postgres)
{
    private const string Password = "swordfish";

    [Theory]
    [InlineData("silo")]
    [InlineData("gateway")]
    public async Task Without_a_database_nothing_starts(string kind) =>
        Assert.Contains("SNAKEPIT_DATABASE is not set", await RefusalAsync(kind), StringComparison.Ordinal);

    [Theory]
    [InlineData("silo")]
    [InlineData("gateway")]
    public async Task A_database_that_cannot_be_reached_is_named_without_its_password(string kind)
    {
        using var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var port = Take(deaf);
        var line = await RefusalAsync(kind, ("SNAKEPIT_DATABASE", $"Host=127.0.0.1;Port={port};Username=u;Password={Password};Database=d"));
        Assert.Contains($"127.0.0.1:{port}", line, StringComparison.Ordinal);
        Assert.Contains("refused", line, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Password, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("silo", "SNAKEPIT_SILO_PORT")]
    [InlineData("silo", "SNAKEPIT_CLIENT_PORT")]
    [InlineData("gateway", "SNAKEPIT_PORT")]
    public async Task A_port_in_use_is_named(string kind, string variable)
    {
        var database = await postgres.Server.CreateDatabaseAsync();
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var port = Take(taken);
        taken.Listen();
        var line = await RefusalAsync(kind, ("SNAKEPIT_DATABASE", database), (variable, $"{port}"));
        Assert.Contains($"{port}", line, StringComparison.Ordinal);
        Assert.Contains("in use", line, StringComparison.Ordinal);
        Assert.EndsWith($"choose another with --{variable["SNAKEPIT_".Length..].ToLowerInvariant().Replace('_', '-')}", line.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_in_memory_with_a_gateway_serves_alone_and_tells_its_metrics()
    {
        var admin = FreePort.Next();
        await using var silo = ServerProcess.LaunchSilo(
        [
            ("SNAKEPIT_MEMORY", "true"), ("SNAKEPIT_WITH_GATEWAY", "true"), ("SNAKEPIT_PORT", "0"), ("SNAKEPIT_ADMIN", $"127.0.0.1:{admin}"),
        ]);
        await silo.OnceReadyAsync();
        await silo.Client.RegisterAsync("alone", "x");
        Assert.Equal(2, (await silo.Client.SetAsync("alone", "x", "7")).Revision);

        using var http = new HttpClient();
        var cancellation = TestContext.Current.CancellationToken;
        Assert.Equal("ready\n", await http.GetStringAsync(new Uri($"http://127.0.0.1:{admin}/readyz"), cancellation));
        var metrics = await http.GetStringAsync(new Uri($"http://127.0.0.1:{admin}/metrics"), cancellation);
        Assert.Contains("rpc_server_call_duration_seconds_count", metrics, StringComparison.Ordinal);
        Assert.Contains("snakepit_sessions_stored 1", metrics, StringComparison.Ordinal);
        Assert.Contains("orleans_", metrics, StringComparison.Ordinal);

        silo.Send(Signal.Terminate);
        Assert.Equal(0, await silo.ExitAsync());
    }

    private static int Take(Socket socket)
    {
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static async Task<string> RefusalAsync(string kind, params (string Variable, string Value)[] settings)
    {
        // Else it first tells what goes well.
        settings = [("SNAKEPIT_LOG_FORMAT", "json"), ("SNAKEPIT_LOG_LEVEL", "warning"), .. settings];
        await using var process = kind == "silo" ? ServerProcess.LaunchSilo(settings) : ServerProcess.LaunchGateway(settings);
        var line = await process.RefusalAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        return line;
    }
}
