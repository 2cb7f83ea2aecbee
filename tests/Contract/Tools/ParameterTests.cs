using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Tools;

/// <summary>What is checked before a call leaves.</summary>
public sealed class ParameterTests(SharedServer server) : IAsyncLifetime
{
    private SessionClient _session = null!;
    private AttachedClient _host = null!;

    public async ValueTask InitializeAsync()
    {
        _session = server.NewSession();
        await _session.InitializeAsync();
        _host = await AttachedClient.StartAsync(server.Client);
        var answer = await _host.OfferAsync(
            _session.Id,
            new ToolSpec
            {
                Name = "t",
                Parameters =
                {
                    new ParameterSpec { Name = "rate", Type = "float", Required = true, ValidationJson = """{"max": 1, "default": 0.5}""" },
                    new ParameterSpec { Name = "mode", Type = "choice", ValidationJson = """{"choices": ["fast", "exact"]}""" },
                    new ParameterSpec { Name = "any", Type = "ndarray" },

                    // As Python's json writes a default that is no number.
                    new ParameterSpec { Name = "bare", Type = "float", ValidationJson = """{"max": 1, "default": NaN}""" },

                    // What a public worker makes of Python's **kwargs.
                    new ParameterSpec { Name = "kwargs", Type = "any", Required = true },
                },
            },
            new ToolSpec { Name = "strict", Metadata = { ["additional_parameters"] = "false" } },
            new ToolSpec { Name = "needy", RequiredVariables = { "here", "gone", "lost" } });
        Assert.True(answer.Success, answer.ErrorMessage);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("""{"rate": 0.5}""")]
    [InlineData("""{"rate": 1, "mode": "fast", "any": "thing", "unknown": true}""")]
    [InlineData("""{"rate": "-Infinity", "mode": null}""")]
    public async Task Calls_that_keep_to_the_specification_leave_as_they_are(string parameters) => await LeavesAsync(Of("t", parameters));

    [Fact]
    public async Task Every_way_to_write_a_parameter_is_understood_and_its_bytes_are_left_alone()
    {
        foreach (var value in new[]
        {
            Json.Of("float", "0.25"),
            Json.Of("float", "0.25", Json.DspexPrefix),
            new Any { TypeUrl = "type.googleapis.com/google.protobuf.StringValue", Value = ByteString.CopyFromUtf8("0.25") },
            new Any { TypeUrl = "type.googleapis.com/google.protobuf.Value", Value = ByteString.CopyFromUtf8("0.25") },
            Any.Pack(new StringValue { Value = "0.25" }),
            Any.Pack(new DoubleValue { Value = 0.25 }),
            Any.Pack(Value.ForNumber(0.25)),
        })
        {
            await LeavesAsync(_session.Call("t", ("rate", value)));
        }

        var binary = _session.Call("t");
        binary.BinaryParameters.Add("rate", ByteString.CopyFrom(0, 1, 2));
        await LeavesAsync(binary);
    }

    [Theory]
    [InlineData("t", "{}", "Tool t: parameter rate is missing")]
    [InlineData("t", """{"rate": "high"}""", "Tool t: parameter rate: must be a number")]
    [InlineData("t", """{"rate": 2}""", "Tool t: parameter rate: value 2.0 is above maximum 1")]
    [InlineData("t", """{"rate": 1, "bare": 2}""", "Tool t: parameter bare: value 2.0 is above maximum 1")]
    [InlineData("t", """{"rate": null}""", "Tool t: parameter rate: must be a number")]
    [InlineData("t", """{"rate": 1, "mode": "slow"}""", "Tool t: parameter mode: must be one of: fast, exact")]
    [InlineData("strict", """{"x": 1}""", "Tool strict has no parameter x")]
    public async Task What_does_not_fit_is_refused_before_it_leaves(string tool, string parameters, string message)
    {
        var request = Of(tool, parameters);
        await _session.ExecuteAsync(request).RefusedExactlyAsync(RpcCode.InvalidArgument, message);
        await LeavesAsync(Of("t", """{"rate": 0}"""));
    }

    [Fact]
    public async Task A_tool_whose_variables_are_missing_is_not_called()
    {
        await _session.RegisterAsync("here", 1);
        await _session.ExecuteAsync("needy").RefusedExactlyAsync(
            RpcCode.FailedPrecondition, $"Tool needy needs variables that session {_session.Id} does not have: gone, lost");
        await _session.RegisterAsync("gone", 1);
        await _session.RegisterAsync("lost", 1);
        await LeavesAsync(_session.Call("needy"));
    }

    [Fact]
    public async Task A_correlation_id_that_no_header_can_carry_is_refused()
    {
        var request = Of("t", """{"rate": 0}""");
        request.Metadata.Add("correlation_id", "zwölf");
        await _session.ExecuteAsync(request).RefusedAsync(RpcCode.InvalidArgument, "correlation_id must be printable ASCII");
    }

    [Fact]
    public async Task Workers_see_the_tools_of_attached_hosts_and_call_them()
    {
        var exposed = await server.Client.BridgeAsync<GetExposedElixirToolsResponse>(
            "GetExposedElixirTools", new GetExposedElixirToolsRequest { SessionId = _session.Id });
        Assert.Equal(["needy", "strict", "t"], exposed.Tools.Select(tool => tool.Name).Order());

        // As the public client packs what it passes.
        var request = new ExecuteElixirToolRequest { SessionId = _session.Id, ToolName = "t" };
        request.Parameters.Add("rate", new Any { TypeUrl = "type.googleapis.com/google.protobuf.Value", Value = ByteString.CopyFromUtf8("1") });
        request.Parameters.Add("mode", Any.Pack(new StringValue { Value = "fast" }));
        var answer = _session.CallAsync<ExecuteElixirToolResponse>("ExecuteElixirTool", request);
        var call = await _host.NextCallAsync();
        Assert.Equal(request.Parameters, call.Request.Parameters);
        await _host.AnswerAsync(call.CallId, new ExecuteToolResponse { Success = true });

        var response = await answer;
        Assert.Equal((true, "null"), (response.Success, response.Result.Text()));
    }

    private async Task LeavesAsync(ExecuteToolRequest request)
    {
        var answer = _session.ExecuteAsync(request);
        var call = await _host.NextCallAsync();
        Assert.Equal(request.Parameters, call.Request.Parameters);
        await _host.AnswerAsync(call);
        Assert.True((await answer).Success);
    }

    private ExecuteToolRequest Of(string tool, string parameters)
    {
        var request = _session.Call(tool);
        foreach (var (name, value) in JsonParser.Default.Parse<Struct>(parameters).Fields)
        {
            request.Parameters.Add(name, Json.Of("any", value.ToString()));
        }

        return request;
    }
}
