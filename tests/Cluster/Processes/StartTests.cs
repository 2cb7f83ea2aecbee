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
