using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Sessions;
using Snakepit.Sessions.Values;
using Value = Snakepit.Sessions.Values.Value;

namespace Snakepit.Tests.Values;

public sealed class ValueTests
{
    [Theory]
    [InlineData("float", "0.7")]
    [InlineData("float", "\"NaN\"")]
    [InlineData("integer", "-42")]
    [InlineData("string", "\"a\\\"bc\\né\"")]
    [InlineData("boolean", "true")]
    [InlineData("choice", "\"a\"")]
    [InlineData("module", "\"a.b\"")]
    [InlineData("embedding", "[1,2.5,\"NaN\"]")]
    [InlineData("tensor", """{"shape":[1,2],"data":[[1,2]],"dtype":"int8"}""")]
    [InlineData("map", """{"a":[1,{"b":"c"}]}""")]
    [InlineData("list", "[1,[2]]")]
    public void Canonical_bytes_are_kept_and_not_copied(string type, string json)
    {
        var sent = Reading.Sent(type, json);
        var value = Reading.Accepted(Reading.Read(type, sent));
        Assert.Same(sent.Value, value.Any.Value);
        Assert.NotSame(sent, value.Any);
        Assert.False(value.IsBinary);
        Assert.Equal(sent.Value.Length, value.Size);
    }

    [Theory]
    [InlineData("dspex.variables/float", "dspex.variables/float")]
    [InlineData("type.googleapis.com/snakepit.float", "type.googleapis.com/snakepit.float")]
    [InlineData("dspex.variables/integer", "dspex.variables/float")]
    [InlineData("dspex.variables/", "dspex.variables/float")]
    [InlineData("", "type.googleapis.com/snakepit.float")]
    [InlineData("float", "type.googleapis.com/snakepit.float")]
    [InlineData("type.googleapis.com/snakepit.string", "type.googleapis.com/snakepit.float")]
    [InlineData("example.com/float", "type.googleapis.com/snakepit.float")]
    [InlineData("dspex.variables/x.float", "type.googleapis.com/snakepit.float")]
    [InlineData("type.googleapis.com/google.protobuf.DoubleValue", "type.googleapis.com/snakepit.float")]
    public void The_declared_type_rules_and_a_known_prefix_is_kept(string given, string answered)
    {
        var any = new Any { TypeUrl = given, Value = ByteString.CopyFromUtf8("0.5") };
        Assert.Equal(answered, Reading.Accepted(Reading.Read("float", any)).Any.TypeUrl);
    }

    [Fact]
    public void No_value_is_refused()
    {
        Assert.Equal("value is missing: must be a number", Reading.Refused(Reading.Read("float", null)));
        Assert.Equal("value is missing: must be a string", Reading.Refused(Reading.Read("string", new Any())));
    }

    [Fact]
    public void A_value_beyond_the_limit_is_refused_with_the_limit()
    {
        var refusal = Reading.Read("string", Reading.Sent("string", $"\"{new string('a', 17_000_000 - 2)}\"")).Refusal;
        Assert.Equal(
            Refusal.Exhausted("value size 17000000 bytes exceeds the limit of 16777216 bytes"),
            refusal);
        Assert.Equal(
            Refusal.Exhausted("value size 12 bytes exceeds the limit of 11 bytes"),
            Reading.Read("tensor", Reading.Described("tensor", "{}"), binary: ByteString.CopyFrom(new byte[10]), limit: 11).Refusal);
        Assert.Equal(
            Refusal.Exhausted("value size 1000 bytes exceeds the limit of 100 bytes"),
            Reading.Read("integer", Reading.Sent("integer", "1e999"), limit: 100).Refusal);
        Reading.Accepted(Reading.Read("string", Reading.Sent("string", "\"abc\""), limit: 5));
    }

    [Fact]
    public void A_stored_value_comes_back_as_it_was()
    {
        var any = Reading.Described("tensor", "{}");
        var bytes = ByteString.CopyFrom(1, 2, 3);
        var value = Value.FromStored(any, bytes);
        Assert.Same(any, value.Any);
        Assert.Same(bytes, value.Binary);
        Assert.True(value.IsBinary);
        Assert.Equal(5, value.Size);
    }

    [Theory]
    [InlineData("float", "type.googleapis.com/snakepit.float", "type.googleapis.com/snakepit.")]
    [InlineData("float", "dspex.variables/float", "dspex.variables/")]
    [InlineData("tensor", "dspex.variables/tensor.binary", "dspex.variables/")]
    [InlineData("StringValue", "type.googleapis.com/google.protobuf.StringValue", "type.googleapis.com/snakepit.")]
    [InlineData("float", "float", "type.googleapis.com/snakepit.")]
    [InlineData("", "", "type.googleapis.com/snakepit.")]
    [InlineData("", ".binary", "type.googleapis.com/snakepit.")]
    [InlineData("c", "a.b/c", "type.googleapis.com/snakepit.")]
    public void A_url_has_a_type_and_a_prefix(string type, string url, string prefix)
    {
        Assert.Equal(type, TypeUrl.NameOf(url));
        Assert.Equal(prefix, TypeUrl.PrefixOf(url));
    }

    [Fact]
    public void Types_are_found_by_their_exact_names()
    {
        Assert.Equal(
            ["float", "integer", "string", "boolean", "choice", "module", "embedding", "tensor", "map", "list"],
            VariableType.Names);
        Assert.All(VariableType.Names, name => Assert.Equal(name, VariableType.Find(name)?.Name));
        Assert.Null(VariableType.Find("Float"));
        Assert.Null(VariableType.Find(""));
    }
}
