using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Sessions.Values;
using Value = Snakepit.Sessions.Values.Value;

namespace Snakepit.Tests.Values;

public sealed class BinaryTests
{
    private const string Descriptor = """{"shape": [2, 3], "dtype": "float32", "binary_format": "pickle", "type": "tensor"}""";

    private static readonly ByteString Bytes = ByteString.CopyFrom(0x80, 0x05, 0x00, 0xFF);

    [Fact]
    public void Bytes_and_descriptor_are_kept_untouched()
    {
        var sent = Reading.Described("tensor", Descriptor);
        var value = Reading.Accepted(Reading.Read("tensor", sent, binary: Bytes));
        Assert.True(value.IsBinary);
        Assert.Same(Bytes, value.Binary);
        Assert.Same(sent.Value, value.Any.Value);
        Assert.Equal("type.googleapis.com/snakepit.tensor.binary", value.Any.TypeUrl);
        Assert.Equal(Descriptor.Length + 4, value.Size);
    }

    [Theory]
    [InlineData("type.googleapis.com/snakepit.tensor")]
    [InlineData("")]
    [InlineData("type.googleapis.com/google.protobuf.StringValue")]
    public void A_binary_field_makes_the_value_binary_whatever_the_url_says(string url)
    {
        var value = Reading.Accepted(Reading.Read("tensor", new Any { TypeUrl = url, Value = ByteString.CopyFromUtf8(Descriptor) }, binary: Bytes));
        Assert.Equal("type.googleapis.com/snakepit.tensor.binary", value.Any.TypeUrl);
        Assert.Equal(Bytes, value.Binary);
    }

    [Fact]
    public void The_known_prefix_is_kept()
    {
        var any = new Any { TypeUrl = "dspex.variables/embedding.binary", Value = ByteString.CopyFromUtf8("""{"shape":[7]}""") };
        Assert.Equal("dspex.variables/embedding.binary", Reading.Accepted(Reading.Read("embedding", any, binary: Bytes)).Any.TypeUrl);
    }

    [Fact]
    public void Bytes_without_a_descriptor_are_accepted_unless_a_constraint_needs_one()
    {
        var value = Reading.Accepted(Reading.Read("embedding", null, binary: Bytes));
        Assert.Equal("type.googleapis.com/snakepit.embedding.binary", value.Any.TypeUrl);
        Assert.Equal(ByteString.Empty, value.Any.Value);
        Assert.Equal(
            "must have exactly 3 dimensions, got a descriptor without shape",
            Reading.Refused(Reading.Read("embedding", null, """{"dimensions":3}""", Bytes)));
        Assert.Equal("shape must be [2], got none", Reading.Refused(Reading.Read("tensor", null, """{"shape":[2]}""", Bytes)));
        Assert.Equal("dtype must be int8, got none", Reading.Refused(Reading.Read("tensor", null, """{"dtype":"int8"}""", Bytes)));
    }

    [Theory]
    [InlineData("embedding", """{"shape":[3]}""", """{"dimensions":3}""")]
    [InlineData("tensor", Descriptor, """{"shape":[2,3],"dtype":"float32"}""")]
    [InlineData("tensor", """{"shape":[2,3],"dtype":"my_dtype","more":{"a":[1]}}""", """{"shape":[2,3]}""")]
    public void Constraints_are_checked_on_the_descriptor(string type, string descriptor, string constraints)
    {
        Reading.Accepted(Reading.Read(type, Reading.Described(type, descriptor), constraints, Bytes));
    }

    [Theory]
    [InlineData("embedding", """{"shape":[4]}""", """{"dimensions":3}""", "must have exactly 3 dimensions, got shape [4]")]
    [InlineData("embedding", """{"shape":[1,3]}""", """{"dimensions":3}""", "must have exactly 3 dimensions, got shape [1, 3]")]
    [InlineData("tensor", Descriptor, """{"shape":[3,2]}""", "shape must be [3, 2], got [2, 3]")]
    [InlineData("tensor", Descriptor, """{"dtype":"float64"}""", "dtype must be float64, got float32")]
    [InlineData("tensor", """{"shape":[-2]}""", "", "shape must be a list of whole numbers, none negative")]
    [InlineData("tensor", """{"shape":"2"}""", "", "shape must be a list of whole numbers, none negative")]
    [InlineData("tensor", """{"dtype":32}""", "", "binary value has a wrong descriptor: dtype must be a string")]
    [InlineData("tensor", """{"binary_format":null}""", "", "binary value has a wrong descriptor: binary_format must be a string")]
    [InlineData("tensor", """{"shape":[1],"shape":[2]}""", "", "binary value has a wrong descriptor: duplicate key: shape")]
    [InlineData("tensor", "[1,2]", "", "binary value has a wrong descriptor: not a JSON object")]
    [InlineData("tensor", "{", "", "binary value has a wrong descriptor: not valid JSON")]
    [InlineData("tensor", "{}{}", "", "binary value has a wrong descriptor: not valid JSON")]
    public void What_is_wrong_with_a_descriptor_is_named(string type, string descriptor, string constraints, string words)
    {
        Assert.Equal(words, Reading.Refused(Reading.Read(type, Reading.Described(type, descriptor), constraints, Bytes)));
    }

    [Fact]
    public void Only_a_value_of_no_elements_can_have_no_bytes()
    {
        Reading.Accepted(Reading.Read("tensor", Reading.Described("tensor", """{"shape":[0,3]}""")));
        Assert.Equal("binary value has no bytes", Reading.Refused(Reading.Read("tensor", Reading.Described("tensor", Descriptor))));
        Assert.Equal("binary value has no bytes", Reading.Refused(Reading.Read("tensor", Reading.Described("tensor", ""))));
    }

    [Theory]
    [InlineData("float", "must be a number")]
    [InlineData("integer", "must be an integer")]
    [InlineData("string", "must be a string")]
    [InlineData("boolean", "must be a boolean (true or false)")]
    [InlineData("choice", "must be a string")]
    [InlineData("module", "must be a string")]
    [InlineData("map", "must be a map (a JSON object)")]
    [InlineData("list", "must be a list (a JSON array)")]
    public void Only_tensors_and_embeddings_can_be_binary(string type, string requirement)
    {
        var words = $"{requirement}: a variable of type {type} cannot hold a binary value";
        Assert.Equal(words, Reading.Refused(Reading.Read(type, Reading.Sent(type, "1"), binary: Bytes)));
        Assert.Equal(words, Reading.Refused(Reading.Read(type, Reading.Described(type, "{}"))));
    }

    [Fact]
    public void A_binary_value_read_again_is_the_same()
    {
        var once = Reading.Accepted(Reading.Read("tensor", Reading.Described("tensor", Descriptor), binary: Bytes));
        var again = Reading.Accepted(Value.Read(Reading.Type("tensor"), Constraints.None(Reading.Type("tensor")), once.Any, once.Binary, Reading.Limit));
        Assert.Equal(once.Any, again.Any);
        Assert.Equal(once.Binary, again.Binary);
    }
}
