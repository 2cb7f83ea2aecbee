using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Variables;

/// <summary>What may be written, and how it reads back.</summary>
public sealed class CastTests(SharedServer server)
{
    [Theory]
    [InlineData("float", "1", "0.5", "0.5")]
    [InlineData("float", "1", "\"NaN\"", "\"NaN\"")]
    [InlineData("float", "1", "\"-Infinity\"", "\"-Infinity\"")]
    [InlineData("float", "1", "NaN", "\"NaN\"")]
    [InlineData("integer", "1", "42.0", "42")]
    [InlineData("integer", "1", "-7", "-7")]
    [InlineData("integer", "1", "123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("string", "\"\"", "\"größe \\u00e9\"", "\"größe é\"")]
    [InlineData("boolean", "false", "\"true\"", "true")]
    [InlineData("boolean", "true", "0", "false")]
    [InlineData("choice", "\"a\"", "\"b\"", "\"b\"")]
    [InlineData("module", "\"a.b\"", "\"dspy.predict_2\"", "\"dspy.predict_2\"")]
    [InlineData("list", "[]", "[1, \"two\", null]", "[1,\"two\",null]")]
    [InlineData("map", "{}", "{\"a\": {\"b\": []}}", "{\"a\":{\"b\":[]}}")]
    public async Task A_value_is_cast_and_reads_back_in_canonical_form(string type, string initial, string written, string read)
    {
        foreach (var prefix in new[] { Json.SnakepitPrefix, Json.DspexPrefix })
        {
            var session = server.NewSession();
            await session.RegisterAsync("x", Json.Of(type, initial, prefix));

            await session.SetAsync("x", Json.Of(type, written, prefix));

            var value = (await session.GetAsync("x")).Value;
            Assert.Equal((prefix + type, read), (value.TypeUrl, value.Text()));
        }
    }

    [Theory]
    [InlineData("embedding", "[1, 2.5, \"NaN\"]")]
    [InlineData("tensor", """{"shape": [2, 2], "data": [[1, 2], [3, 4]]}""")]
    [InlineData("tensor", """{"shape": [2, 2], "data": [1, 2, 3, 4]}""")]
    public async Task Numbers_in_bulk_are_accepted_nested_and_flat(string type, string json)
    {
        var session = server.NewSession();

        var answer = await session.RegisterAsync("x", Json.Of(type, json));

        Assert.Equal(type, answer.Variable.Type);
        Assert.Equal(answer.Variable.Text(), (await session.GetAsync("x")).Text());
    }

    [Theory]
    [InlineData("float", "\"1\"", "must be a number")]
    [InlineData("float", "true", "must be a number")]
    [InlineData("integer", "3.5", "must be a whole number, got 3.5")]
    [InlineData("integer", "\"3\"", "must be an integer")]
    [InlineData("integer", "true", "must be an integer")]
    [InlineData("string", "1", "must be a string")]
    [InlineData("boolean", "\"yes\"", "must be a boolean (true or false)")]
    [InlineData("boolean", "2", "must be a boolean (true or false)")]
    [InlineData("tensor", """{"shape": [2, 2], "data": [1, 2, 3]}""", "data size doesn't match shape")]
    [InlineData("integer", "1 2", "not valid JSON")]
    [InlineData("integer", "", "integer")]
    public async Task What_cannot_be_cast_is_refused_with_the_names(string type, string json, string words)
    {
        var refusal = server.NewSession().RegisterAsync("x", Json.Of(type, json));

        await refusal.RefusedAsync(RpcCode.InvalidArgument, words);
        await refusal.RefusedAsync(RpcCode.InvalidArgument, "Variable x");
    }

    [Theory]
    [InlineData("float", "1", """{"min": 0}""", "-0.5", "value -0.5 is below minimum 0")]
    [InlineData("float", "1", """{"max": 2}""", "\"Infinity\"", "is above maximum 2")]
    [InlineData("float", "1", """{"min": 0}""", "\"NaN\"", "NaN")]
    [InlineData("integer", "1", """{"min": 0}""", "-1", "value -1 is below minimum 0")]
    [InlineData("string", "\"abc\"", """{"min_length": 3}""", "\"ab\"", "must be at least 3 characters, got 2")]
    [InlineData("string", "\"abc\"", """{"max_length": 3}""", "\"abcd\"", "must be at most 3 characters, got 4")]
    [InlineData("string", "\"abc\"", """{"pattern": "^[a-z]+$"}""", "\"ABC\"", "must match pattern: ^[a-z]+$")]
    [InlineData("string", "\"a\"", """{"enum": ["a", "b"]}""", "\"c\"", "must be one of: a, b")]
    [InlineData("choice", "\"a\"", """{"choices": ["a", "b"]}""", "\"c\"", "must be one of: a, b")]
    [InlineData("module", "\"a\"", """{"allowed_modules": ["a", "b.c"]}""", "\"c\"", "must be one of the allowed modules: a, b.c")]
    [InlineData("embedding", "[1, 2]", """{"dimensions": 2}""", "[1]", "must have exactly 2 dimensions")]
    [InlineData("tensor", """{"shape": [1], "data": [1]}""", """{"shape": [1]}""", """{"shape": [2], "data": [1, 2]}""", "shape must be [1]")]
    public async Task A_broken_constraint_is_refused_in_its_words(string type, string initial, string constraints, string broken, string words)
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", Json.Of(type, initial), constraints);

        await session.SetAsync("x", Json.Of(type, broken)).RefusedAsync(RpcCode.InvalidArgument, words);
        await session.RegisterAsync("y", Json.Of(type, broken), constraints).RefusedAsync(RpcCode.InvalidArgument, words);
    }

    [Fact]
    public async Task The_declared_type_rules_whatever_the_url_says()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 1);

        await session.SetAsync("x", Json.Of("float", "7.0", Json.DspexPrefix));

        var value = (await session.GetAsync("x")).Value;
        Assert.Equal((Json.DspexPrefix + "integer", "7"), (value.TypeUrl, value.Text()));
        await session.SetAsync("x", Json.Of("float", "7.5")).RefusedAsync(RpcCode.InvalidArgument, "must be a whole number, got 7.5");
    }

    [Fact]
    public async Task An_unknown_prefix_is_answered_with_the_default_one()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 1);

        await session.SetAsync("x", Json.Of("integer", "2", "example.com/other."));

        Assert.Equal("type.googleapis.com/snakepit.integer", (await session.GetAsync("x")).Value.TypeUrl);
    }

    [Fact]
    public async Task Well_known_wrappers_are_read_and_answered_as_json()
    {
        var session = server.NewSession();
        (string Type, string Initial, IMessage Wrapper, string Read)[] cases =
        [
            ("float", "0", new DoubleValue { Value = 0.25 }, "0.25"),
            ("integer", "0", new Int64Value { Value = -3 }, "-3"),
            ("integer", "1", new Int64Value(), "0"),
            ("boolean", "false", new BoolValue { Value = true }, "true"),
            ("string", "\"\"", new StringValue { Value = "a \"b\"" }, "\"a \\\"b\\\"\""),
        ];
        foreach (var (type, initial, wrapper, read) in cases)
        {
            var name = $"{type}-{read}";
            await session.RegisterAsync(name, Json.Of(type, initial));

            await session.SetAsync(name, Any.Pack(wrapper));

            var value = (await session.GetAsync(name)).Value;
            Assert.Equal((Json.SnakepitPrefix + type, read), (value.TypeUrl, value.Text()));
        }
    }

    [Fact]
    public async Task A_wrappers_url_around_json_is_read_as_json()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", Json.Of("string", "\"\""));

        await session.SetAsync("x", new Any
        {
            TypeUrl = "type.googleapis.com/google.protobuf.StringValue",
            Value = ByteString.CopyFromUtf8("\"raw\""),
        });

        Assert.Equal("\"raw\"", (await session.GetAsync("x")).Text());
    }

    [Fact]
    public async Task Old_values_keep_their_own_prefixes()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", Json.Of("integer", "0", Json.DspexPrefix));
        await session.SetAsync("x", Json.Of("integer", "1"));
        await session.SetAsync("x", Json.Of("integer", "2", Json.DspexPrefix));

        var history = await session.HistoryAsync("x");
        var back = await session.RollBackAsync("x", 1);

        Assert.Equal(
            [Json.DspexPrefix + "integer", Json.SnakepitPrefix + "integer", Json.DspexPrefix + "integer"],
            history.Select(entry => entry.Value.TypeUrl));
        Assert.Equal(Json.SnakepitPrefix + "integer", back.Variable.Value.TypeUrl);
    }
}
