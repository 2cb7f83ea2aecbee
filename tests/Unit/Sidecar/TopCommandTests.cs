using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Protocol.Bridge;
using Snakepit.Sidecar;
using Snakepit.Transport;

namespace Snakepit.Tests.Sidecar;

/// <summary>`snakepit top` shows what there is in a server, and uses no session by looking.</summary>
public sealed class TopCommandTests : IAsyncLifetime
{
    private SidecarServer _server = null!;
    private RpcChannel _channel = null!;

    private string Target => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_server.Port}");

    public async ValueTask InitializeAsync()
    {
        _server = await SidecarServer.StartAsync(
            SidecarOptions.Default with { Endpoints = [new GrpcEndpoint("127.0.0.1", 0)] }, NullLoggerFactory.Instance);
        _channel = new RpcChannel(Target);
        await CallAsync<InitializeSessionResponse>("InitializeSession", new InitializeSessionRequest { SessionId = "still" });
        await CallAsync<InitializeSessionResponse>("InitializeSession", new InitializeSessionRequest { SessionId = "watched" });
    }

    public ValueTask DisposeAsync()
    {
        _channel.Dispose();
        return _server.DisposeAsync();
    }

    [Fact]
    public async Task Sessions_are_told_with_their_watchers_and_how_far_these_are_behind()
    {
        using var watch = _channel.Stream(
            "/snakepit.bridge.BridgeService/WatchVariables",
            new WatchVariablesRequest { SessionId = "watched" },
            VariableUpdate.Parser,
            cancellation: TestContext.Current.CancellationToken);
        await watch.ResponseHeaders.WaitAsync(TestContext.Current.CancellationToken);
        var typed = await Typed.RunAsync("top", "--server", Target, "--interval", "10ms", "--json");

        Assert.Equal(("", 0), (typed.Error, typed.ExitCode));
        var rows = typed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["watched", "still"], rows.Select(row => row.GetProperty("session").GetString()));
        Assert.Equal([1, 0], rows.Select(row => row.GetProperty("watchers").GetInt32()));
        Assert.All(rows, row => Assert.InRange(row.GetProperty("time").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow));
        Assert.Equal(0, rows[0].GetProperty("lag").GetInt64());
        Assert.False(rows[1].TryGetProperty("lag", out _));
    }

    [Fact]
    public async Task A_pattern_chooses_and_as_many_tables_are_printed_as_asked_for()
    {
        var typed = await Typed.RunAsync("top", "st*", "--server", Target, "--interval", "10ms", "--count", "2");

        Assert.Equal(("", 0), (typed.Error, typed.ExitCode));
        var lines = typed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Count(line => line.StartsWith("SESSION", StringComparison.Ordinal)));
        Assert.Equal(2, lines.Count(line => line.StartsWith("still ", StringComparison.Ordinal)));
        Assert.DoesNotContain("watched", typed.Output, StringComparison.Ordinal);
        Assert.Contains("sessions: 2 stored, 2 in memory", lines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--interval", "soon", "'soon' is not")]
    [InlineData("--count", "0", "--count: at least 1")]
    public async Task What_is_mistyped_is_told(string option, string value, string words)
    {
        var typed = await Typed.RunAsync("top", "--server", Target, option, value);

        Assert.Equal(1, typed.ExitCode);
        Assert.Contains(words, typed.Error, StringComparison.Ordinal);
    }

    private Task<T> CallAsync<T>(string method, Google.Protobuf.IMessage request)
        where T : class, Google.Protobuf.IMessage<T>, new() => _channel.CallAsync(
            $"/snakepit.bridge.BridgeService/{method}",
            request,
            new Google.Protobuf.MessageParser<T>(() => new T()),
            cancellation: TestContext.Current.CancellationToken);
}
