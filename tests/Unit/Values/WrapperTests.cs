using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Wire = Google.Protobuf.WellKnownTypes.Value;

namespace Snakepit.Tests.Values;

public sealed class WrapperTests
{
    public static TheoryData<string, IMessage, string> Packed => new()
    {
        { "float", new DoubleValue { Value = 0.1 }, "0.1" },
        { "float", new DoubleValue(), "0.0" },
        { "float", new DoubleValue { Value = double.NaN }, "\"NaN\"" },
        { "float", new DoubleValue { Value = double.NegativeInfinity }, "\"-Infinity\"" },
        { "float", new FloatValue { Value = 0.1f }, "0.1" },
        { "float", new FloatValue { Value = float.PositiveInfinity }, "\"Infinity\"" },
        { "float", new Int64Value { Value = -5 }, "-5.0" },
        { "integer", new Int64Value { Value = long.MinValue }, "-9223372036854775808" },
        { "integer", new UInt64Value { Value = ulong.MaxValue }, "18446744073709551615" },
        { "integer", new Int32Value { Value = -1 }, "-1" },
        { "integer", new UInt32Value { Value = uint.MaxValue }, "4294967295" },
        { "integer", new Int64Value(), "0" },
        { "integer", new DoubleValue { Value = 42 }, "42" },
        { "boolean", new BoolValue { Value = true }, "true" },
        { "boolean", new BoolValue(), "false" },
        { "boolean", new StringValue { Value = "true" }, "true" },
        { "string", new StringValue { Value = "a\"é\n" }, "\"a\\\"é\\n\"" },
        { "string", new StringValue(), "\"\"" },
        { "choice", new StringValue { Value = "x" }, "\"x\"" },
        { "float", new StringValue { Value = "NaN" }, "\"NaN\"" },
        { "map", new BytesValue { Value = ByteString.CopyFromUtf8("{ }") }, "{}" },
        { "float", Wire.ForNumber(1), "1.0" },
        { "float", Wire.ForNumber(double.NaN), "\"NaN\"" },
        { "string", Wire.ForString("é"), "\"é\"" },
        { "boolean", Wire.ForBool(false), "false" },
        { "map", Wire.ForStruct(new Struct { Fields = { ["a"] = Wire.ForNumber(2), ["b"] = Wire.ForNull() } }), """{"a":2,"b":null}""" },
        { "map", new Struct { Fields = { ["a"] = Wire.ForNumber(2.5) } }, """{"a":2.5}""" },
        { "embedding", new ListValue { Values = { Wire.ForNumber(1), Wire.ForNumber(double.PositiveInfinity) } }, """[1,"Infinity"]""" },
        { "list", Wire.ForList(Wire.ForList(), Wire.ForBool(true)), "[[],true]" },
    };

    [Theory]
    [MemberData(nameof(Packed), DisableDiscoveryEnumeration = true)]
    public void A_packed_message_is_read_as_what_it_holds(string type, IMessage message, string canonical)
    {
        var value = Reading.Accepted(Reading.Read(type, Any.Pack(message)));
        Assert.Equal(canonical, value.Any.Value.ToStringUtf8());
        Assert.Equal("type.googleapis.com/snakepit." + type, value.Any.TypeUrl);
    }

    [Theory]
    [InlineData("float", "DoubleValue", "0.5", "0.5")]
    [InlineData("float", "FloatValue", "1", "1.0")]
    [InlineData("integer", "Int64Value", "12", "12")]
    [InlineData("boolean", "BoolValue", "true", "true")]
    [InlineData("string", "StringValue", "\"abc\"", "\"abc\"")]
    [InlineData("map", "StringValue", "{\"a\":1}", "{\"a\":1}")]
    [InlineData("map", "Struct", "{\"a\":1}", "{\"a\":1}")]
    [InlineData("list", "Value", "[null]", "[null]")]
    [InlineData("list", "BytesValue", "[1]", "[1]")]
    public void A_url_of_a_message_around_json_is_read_as_json(string type, string message, string json, string canonical)
    {
        var any = new Any { TypeUrl = "type.googleapis.com/google.protobuf." + message, Value = ByteString.CopyFromUtf8(json) };
        Assert.Equal(canonical, Reading.Accepted(Reading.Read(type, any)).Any.Value.ToStringUtf8());
    }

    [Fact]
    public void The_declared_type_rules_over_the_wrapper()
    {
        Assert.Equal("must be a number", Reading.Refused(Reading.Read("float", Any.Pack(new StringValue { Value = "0.5" }))));
        Assert.Equal("must be a number", Reading.Refused(Reading.Read("float", Any.Pack(new BoolValue { Value = true }))));
        Assert.Equal("must be a string", Reading.Refused(Reading.Read("string", Any.Pack(new Int64Value { Value = 1 }))));
        Assert.Equal("must be a whole number, got 3.5", Reading.Refused(Reading.Read("integer", Any.Pack(new DoubleValue { Value = 3.5 }))));
        Assert.Equal("value 3.5 is above maximum 1", Reading.Refused(Reading.Read("float", Any.Pack(new DoubleValue { Value = 3.5 }), """{"max":1}""")));
    }

    [Fact]
    public void Bytes_that_are_not_wholly_the_message_are_not_it()
    {
        var any = Any.Pack(new DoubleValue { Value = 1 });
        any.Value = ByteString.CopyFrom([.. any.Value.ToByteArray(), 0x10, 0x01]);
        Assert.StartsWith("must be a number: the value is not valid", Reading.Refused(Reading.Read("float", any)), StringComparison.Ordinal);
        any.Value = ByteString.CopyFrom(0x09, 0x00);
        Assert.StartsWith("must be a number: the value is not valid", Reading.Refused(Reading.Read("float", any)), StringComparison.Ordinal);
        var text = Any.Pack(new StringValue { Value = "a" });
        text.Value = ByteString.CopyFrom(0x0A, 0x01, 0xFF);
        Assert.Equal("must be a string: the value is not valid UTF-8", Reading.Refused(Reading.Read("string", text)));
    }

    [Fact]
    public void Deeply_nested_messages_are_refused()
    {
        var nested = Wire.ForNull();
        for (var level = 0; level < 40; level++)
        {
            nested = Wire.ForList(nested);
        }

        Reading.Accepted(Reading.Read("list", Any.Pack(nested)));
        for (var level = 0; level < 400; level++)
        {
            nested = Wire.ForList(nested);
        }

        Reading.Refused(Reading.Read("list", Any.Pack(nested)));
    }
}
