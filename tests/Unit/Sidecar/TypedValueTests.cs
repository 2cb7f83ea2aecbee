using System.Text.Json;
using Google.Protobuf.Collections;
using Snakepit.Serving.CommandLine;
using Snakepit.Sidecar.Client;

namespace Snakepit.Tests.Sidecar;

public sealed class TypedValueTests
{
    [Theory]
    [InlineData("float", "20.5", "20.5")]
    [InlineData("float", "\"NaN\"", "\"NaN\"")]
    [InlineData("float", "NaN", "\"NaN\"")]
    [InlineData("float", "Infinity", "\"Infinity\"")]
    [InlineData("float", "-Infinity", "\"-Infinity\"")]
    [InlineData("integer", "9007199254740993", "9007199254740993")]
    [InlineData("boolean", "true", "true")]
    [InlineData("embedding", "[1, 2.5]", "[1, 2.5]")]
    [InlineData("map", "{\"a\": 1}", "{\"a\": 1}")]
    [InlineData("string", "\"quoted\"", "\"quoted\"")]
    public void Json_stays_as_it_stands(string type, string typed, string json)
    {
        var any = TypedValue.Of(type, typed);
        Assert.Equal($"type.googleapis.com/snakepit.{type}", any.TypeUrl);
        Assert.Equal(json, any.Value.ToStringUtf8());
    }

    [Theory]
    [InlineData("string", "")]
    [InlineData("string", "two words")]
    [InlineData("string", "7")]
    [InlineData("string", "null")]
    [InlineData("string", "[1]")]
    [InlineData("string", "say \"hi\"\n\\ ü 🐍")]
    [InlineData("string", "\"open")]
    [InlineData("choice", "true")]
    [InlineData("module", "ChainOfThought")]
    public void A_text_needs_no_quotes(string type, string typed)
    {
        Assert.Equal(typed, JsonSerializer.Deserialize<string>(TypedValue.Of(type, typed).Value.Span));
    }

    [Theory]
    [InlineData("float", "warm", "0.7")]
    [InlineData("integer", "", "42")]
    [InlineData("boolean", "True", "true or false")]
    [InlineData("map", "{a: 1}", """{"key": "value"}""")]
    [InlineData("list", "[1, 2", "[1, 2]")]
    public void Where_json_is_needed_anything_else_is_a_mistake(string type, string typed, string example)
    {
        Assert.Equal(
            $"VALUE: '{typed}' is not JSON, which type {type} needs, as {example}",
            Assert.Throws<MistakeException>(() => TypedValue.Of(type, typed)).Message);
    }

    [Fact]
    public void Metadata_go_by_the_first_equals_sign_and_the_last_entry()
    {
        var metadata = new MapField<string, string>();
        metadata.AddMetadata(["changed_by=ada", "formula=a=b", "empty=", "changed_by=bob"]);
        Assert.Equal(new MapField<string, string> { ["changed_by"] = "bob", ["formula"] = "a=b", ["empty"] = "" }, metadata);
        metadata.AddMetadata(null);
        Assert.Equal(3, metadata.Count);
    }

    [Theory]
    [InlineData("ada")]
    [InlineData("=ada")]
    [InlineData("")]
    public void Metadata_without_a_key_are_a_mistake(string entry)
    {
        Assert.Equal(
            $"--metadata: '{entry}' is not KEY=VALUE",
            Assert.Throws<MistakeException>(() => new MapField<string, string>().AddMetadata([entry])).Message);
    }
}
