using System.Text.Json;
using System.Text.Json.Nodes;

namespace Snakepit.Tests.Interop;

/// <summary>
/// `buf curl`, which has no contract but what the server's reflection tells. Values are beyond it: they are JSON in an
/// Any, which it refuses to print, so the answers asked for here have none.
/// </summary>
public sealed class BufCurlTests(SharedSidecar sidecar) : IClassFixture<SharedSidecar>
{
    private const string Bridge = "snakepit.bridge.BridgeService";

    /// <summary>buf exits with a refusal's code times this.</summary>
    private const int ExitStep = 8;

    private const int InvalidArgument = 3;
    private const int NotFound = 5;

    [Theory]
    [InlineData("grpc-v1")]
    [InlineData("grpc-v1alpha")]
    public async Task Reflection_lists_services_and_methods(string reflection)
    {
        var services = (await RunAsync("", "--reflect-protocol", reflection, "--list-services")).Output;
        var methods = (await RunAsync("", "--reflect-protocol", reflection, "--list-methods")).Output;

        string[] known = [Bridge, "snakepit.sessions.v1.Sessions", "Calculator", "grpc.health.v1.Health"];
        Assert.Empty(known.Except(services));
        Assert.Equal(24, methods.Count(method => method.StartsWith($"{Bridge}/", StringComparison.Ordinal)));
        Assert.Contains("Calculator/Create", methods);
    }

    [Fact]
    public async Task Ping_answers()
    {
        var answer = await CallAsync($"{Bridge}/Ping", new { message = "hello" });

        Assert.Equal("pong: hello", (string?)answer["message"]);
    }

    [Fact]
    public async Task A_variable_is_registered_set_and_deleted()
    {
        var session = await OpenSessionAsync();
        await RegisterAsync(session);

        var set = await CallAsync($"{Bridge}/SetVariable", new { session_id = session, variable_identifier = "x", value = Integer(43) });
        var found = await CallAsync($"{Bridge}/GetSession", new { session_id = session });
        var deleted = await CallAsync($"{Bridge}/DeleteVariable", new { session_id = session, variable_identifier = "x" });

        Assert.Equal(1, (int?)set["newVersion"]);
        Assert.Equal(1, (int?)found["variableCount"]);
        Assert.Equal((string?)set["revision"], (string?)found["revision"]);
        Assert.True((bool?)deleted["success"]);
    }

    [Fact]
    public async Task A_refusal_has_its_code_and_its_words()
    {
        var session = await OpenSessionAsync();
        var notFound = await RefusalAsync($"{Bridge}/GetVariable", new { session_id = session, variable_identifier = "größe" }, NotFound);
        var invalid = await RefusalAsync($"{Bridge}/InitializeSession", new { session_id = "" }, InvalidArgument);

        Assert.Equal("not_found: Variable not found: größe", notFound);
        Assert.StartsWith("invalid_argument: session_id", invalid, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_calculator_answers()
    {
        var token = (string?)(await CallAsync("Calculator/Create", new { value = 4 }))["token"];
        await CallAsync("Calculator/Multiply", new { token, value = 2.5 });

        var answer = await CallAsync("Calculator/Answer", new { token });

        Assert.Equal(10, (double?)answer["value"]);
    }

    [Fact]
    public async Task The_server_is_healthy()
    {
        var answer = await CallAsync("grpc.health.v1.Health/Check", new { service = Bridge });

        Assert.Equal("SERVING", (string?)answer["status"]);
    }

    /// <summary>buf knows the well-known types only; the server reads such a wrapper as the value in it.</summary>
    private static Dictionary<string, string> Integer(int value) => new()
    {
        ["@type"] = "type.googleapis.com/google.protobuf.Int64Value",
        ["value"] = $"{value}",
    };

    private async Task<string> OpenSessionAsync()
    {
        var session = $"buf-{Guid.NewGuid()}";
        Assert.True((bool?)(await CallAsync($"{Bridge}/InitializeSession", new { session_id = session }))["success"]);
        return session;
    }

    /// <summary>The answer has the variable in it: buf calls, but cannot print what it got.</summary>
    private async Task RegisterAsync(string session)
    {
        var request = new { session_id = session, name = "x", type = "integer", initial_value = Integer(42) };
        var ended = await RunAsync($"/{Bridge}/RegisterVariable", "--data", JsonSerializer.Serialize(request));
        Assert.Contains("unable to resolve", ended.Error, StringComparison.Ordinal);
    }

    private async Task<JsonNode> CallAsync(string method, object request)
    {
        var ended = await RunAsync($"/{method}", "--data", JsonSerializer.Serialize(request));
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        return JsonNode.Parse(ended.Text)!;
    }

    /// <returns>`code: message`.</returns>
    private async Task<string> RefusalAsync(string method, object request, int code)
    {
        var ended = await RunAsync($"/{method}", "--data", JsonSerializer.Serialize(request));
        Assert.Equal(code * ExitStep, ended.ExitCode);
        var refusal = JsonNode.Parse(ended.Error)!;
        return $"{refusal["code"]}: {refusal["message"]}";
    }

    private async Task<ForeignProgram.Ended> RunAsync(string path, params string[] arguments)
    {
        var buf = await Needed.Async(Node.PackagedAsync("buf", "curl", "--http2-prior-knowledge", "--protocol", "grpc"));
        return await buf.RunAsync([.. arguments, $"http://{sidecar.Target}{path}"]);
    }
}
