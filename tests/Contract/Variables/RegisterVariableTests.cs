using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Variables;

public sealed class RegisterVariableTests(SharedServer server)
{
    [Fact]
    public async Task A_registration_answers_with_the_variable_as_it_is()
    {
        var session = server.NewSession();
        var request = session.Registering("temperature", Json.Of("float", "0.5"), """{"min": 0, "max": 2}""");
        request.Metadata.Add("source", "python");
        request.Metadata.Add("unit", "K");
        request.AccessControlJson = """{"read":["*"]}""";

        var answer = await session.RegisterAsync(request);

        Assert.True(answer.Success);
        Assert.False(answer.AlreadyRegistered);
        Assert.Empty(answer.ErrorMessage);
        Assert.Equal(answer.Variable, await session.GetAsync("temperature"));
        var variable = answer.Variable;
        Assert.Equal(answer.VariableId, variable.Id);
        Assert.Equal(("temperature", "float", "0.5", 0), (variable.Name, variable.Type, variable.Text(), variable.Version));
        Assert.Equal(answer.Revision, variable.Revision);
        Assert.Equal(Variable.Types.Source.Python, variable.Source);
        Assert.Equal("K", variable.Metadata["unit"]);
        Assert.Equal(request.AccessControlJson, variable.AccessControlJson);
        Assert.Contains("\"max\"", variable.ConstraintsJson, StringComparison.Ordinal);
        Assert.InRange(variable.LastUpdatedAt.ToDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Null(variable.OptimizationStatus);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("with space.and/slash")]
    [InlineData("var_x")]
    [InlineData("größe")]
    public async Task An_id_is_var_name_and_something_unique(string name)
    {
        var session = server.NewSession();

        var id = (await session.RegisterAsync(name, 5)).VariableId;

        Assert.Matches($"^var_{Regex.Escape(name)}_.+$", id);
        Assert.Equal("5", (await session.GetAsync(id)).Text());
        Assert.Equal("5", (await session.GetAsync(name)).Text());
    }

    [Fact]
    public async Task A_name_that_is_the_id_of_another_variable_is_refused()
    {
        var session = server.NewSession();
        var id = (await session.RegisterAsync("x", 1)).VariableId;

        await session.RegisterAsync(id, 2).RefusedAsync(RpcCode.AlreadyExists, id);

        Assert.Equal(["x"], await session.ListAsync());
    }

    [Fact]
    public async Task A_generated_id_never_equals_a_name_in_use()
    {
        var session = server.NewSession();
        var next = (await session.RegisterAsync("probe")).Revision + 1;

        // Names that the id to come might have.
        var names = Enumerable.Range(30, 60).Select(n => $"var_x_{next + n}").ToList();
        foreach (var name in names)
        {
            await session.RegisterAsync(name, 1);
        }

        var id = (await session.RegisterAsync("x", 2)).VariableId;

        Assert.DoesNotContain(id, names);
        Assert.Equal("2", (await session.GetAsync(id)).Text());
    }

    [Fact]
    public async Task Registering_again_finds_the_variable_with_its_value_untouched()
    {
        var session = server.NewSession();
        var first = await session.RegisterAsync("x", Json.Integer(1), """{"min": 0, "max": 10}""");
        await session.SetAsync("x", 2);

        // The same constraints, spelt in another way.
        var second = await session.RegisterAsync("x", Json.Integer(9), """{ "max":10, "min":0 }""");

        Assert.True(second.Success);
        Assert.True(second.AlreadyRegistered);
        Assert.Equal(first.VariableId, second.VariableId);
        Assert.Equal(("2", 1), (second.Variable.Text(), second.Variable.Version));
        Assert.Equal(first.Revision + 1, (await session.DescribeAsync()).Revision);
    }

    [Theory]
    [InlineData("float", "1", "")]
    [InlineData("integer", "1", """{"min": 0}""")]
    public async Task Registering_again_with_another_type_or_constraints_is_refused(string type, string value, string constraints)
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 1);

        await session.RegisterAsync("x", Json.Of(type, value), constraints)
            .RefusedAsync(RpcCode.AlreadyExists, "x is already registered");

        Assert.Equal("integer", (await session.GetAsync("x")).Type);
    }

    [Fact]
    public async Task Of_many_that_register_one_name_at_once_one_makes_it()
    {
        var session = server.NewSession();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => session.RegisterAsync("x", n)));

        Assert.Single(answers, answer => !answer.AlreadyRegistered);
        Assert.Single(answers.Select(answer => answer.VariableId).Distinct());
        Assert.Single(answers.Select(answer => answer.Variable.Text()).Distinct());
    }

    [Theory]
    [InlineData("", "variable name must not be empty")]
    [InlineData("line\nbreak", "variable name must not contain control characters")]
    public async Task A_bad_name_is_refused(string name, string words) =>
        await server.NewSession().RegisterAsync(name, 1).RefusedAsync(RpcCode.InvalidArgument, words);

    [Fact]
    public async Task A_name_of_256_bytes_is_the_longest()
    {
        var session = server.NewSession();
        await session.RegisterAsync(new string('x', 256), 1);

        await session.RegisterAsync(new string('y', 255) + "é", 1)
            .RefusedAsync(RpcCode.InvalidArgument, "variable name has 257 bytes, the limit is 256");
    }

    [Fact]
    public async Task An_unknown_type_is_refused_and_the_types_are_named() =>
        await server.NewSession().RegisterAsync("x", Json.Of("complex", "1")).RefusedAsync(RpcCode.InvalidArgument, "tensor");

    [Fact]
    public async Task A_missing_initial_value_is_refused()
    {
        var session = server.NewSession();

        await session.RegisterAsync(new RegisterVariableRequest { SessionId = session.Id, Name = "x", Type = "integer" })
            .RefusedAsync(RpcCode.InvalidArgument, "Variable x: value is missing");
        await session.RegisterAsync("x", new Any { TypeUrl = "type.googleapis.com/snakepit.integer" })
            .RefusedAsync(RpcCode.InvalidArgument, "Variable x");
    }

    [Theory]
    [InlineData("integer", "1", "{", "Invalid constraints: ")]
    [InlineData("integer", "1", "[]", "Invalid constraints: ")]
    [InlineData("integer", "1", """{"mni": 0}""", "mni")]
    [InlineData("integer", "1", """{"min": "zero"}""", "Invalid constraints: ")]
    [InlineData("string", "\"a\"", """{"pattern": "("}""", "Invalid constraints: ")]
    public async Task Bad_constraints_are_refused(string type, string value, string constraints, string words) =>
        await server.NewSession().RegisterAsync("x", Json.Of(type, value), constraints)
            .RefusedAsync(RpcCode.InvalidArgument, words);

    [Theory]
    [InlineData("[1]")]
    [InlineData("{")]
    public async Task Bad_access_control_is_refused(string json)
    {
        var session = server.NewSession();
        var request = session.Registering("x", Json.Integer(1));
        request.AccessControlJson = json;

        await session.RegisterAsync(request).RefusedAsync(RpcCode.InvalidArgument, "access_control_json");
    }

    [Fact]
    public async Task Metadata_above_the_limits_are_refused()
    {
        var session = server.NewSession();
        var request = session.Registering("x", Json.Integer(1));
        for (var n = 0; n < 65; n++)
        {
            request.Metadata.Add($"key{n}", "");
        }

        await session.RegisterAsync(request).RefusedAsync(RpcCode.ResourceExhausted, "metadata has 65 entries, the limit is 64");
    }

    [Fact]
    public async Task Variables_and_values_above_the_limits_are_refused()
    {
        await using var small = await ServerUnderTest.StartNewAsync(
            new ServerSettings { MaxVariables = 2, MaxValueBytes = 1_000, Durable = false });
        using var client = new BridgeClient(small.Address);
        var session = client.NewSession();
        await session.RegisterAsync("x", Json.LargeString(998));
        await session.SetAsync("x", Json.LargeString(999)).RefusedAsync(RpcCode.ResourceExhausted, "1000");
        await session.RegisterAsync("y", Json.LargeString(999)).RefusedAsync(RpcCode.ResourceExhausted, "1000");
        await session.RegisterAsync("y", 1);

        await session.RegisterAsync("z", 1).RefusedAsync(RpcCode.ResourceExhausted, "the session has 2 variables, the limit is 2");

        Assert.True((await session.RegisterAsync("y", 1)).AlreadyRegistered);
        await session.DeleteAsync("y");
        await session.RegisterAsync("z", 1);
    }
}
