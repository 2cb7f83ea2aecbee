using Snakepit.Sessions.Values;

namespace Snakepit.Tests.Values;

public sealed class ConstraintsTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("{}")]
    public void None_means_none(string json)
    {
        foreach (var type in VariableType.Names)
        {
            var constraints = Reading.Constrained(type, json);
            Assert.Equal(json.Trim(), constraints.Json);
            Assert.True(constraints.SameAs(Constraints.None(Reading.Type(type))));
        }
    }

    [Theory]
    [InlineData("float", "{", "not valid JSON")]
    [InlineData("float", "{\"min\":1}}", "not valid JSON")]
    [InlineData("float", "[]", "not a JSON object")]
    [InlineData("float", "null", "not a JSON object")]
    [InlineData("float", """{"minimum":1}""", "unknown key minimum for type float")]
    [InlineData("boolean", """{"min":1}""", "unknown key min for type boolean")]
    [InlineData("string", """{"choices":["a"]}""", "unknown key choices for type string")]
    [InlineData("choice", """{"enum":["a"]}""", "unknown key enum for type choice")]
    [InlineData("float", """{"min":1,"min":1}""", "duplicate key min")]
    [InlineData("float", """{"min":"a"}""", "min must be a number within the range of a double")]
    [InlineData("float", """{"max":true}""", "max must be a number within the range of a double")]
    [InlineData("float", """{"max":NaN}""", "max must be a number within the range of a double")]
    [InlineData("float", """{"max":null}""", "max must be a number within the range of a double")]
    [InlineData("float", """{"max":1e400}""", "max must be a number within the range of a double")]
    [InlineData("integer", """{"max":"1"}""", "max must be a number")]
    [InlineData("integer", """{"max":1e1000}""", "max must be a number")]
    [InlineData("float", """{"min":2,"max":1.5}""", "no value lies between min 2 and max 1.5")]
    [InlineData("float", """{"max":-Infinity,"min":0}""", "no value lies between min 0 and max -Infinity")]
    [InlineData("integer", """{"min":0.2,"max":0.8}""", "no value lies between min 0.2 and max 0.8")]
    [InlineData("integer", """{"min":9007199254740993,"max":9007199254740992}""", "no value lies between min 9007199254740993 and max 9007199254740992")]
    [InlineData("string", """{"min_length":-1}""", "min_length must be a whole number from 0 to 2147483647")]
    [InlineData("string", """{"max_length":1.5}""", "max_length must be a whole number from 0 to 2147483647")]
    [InlineData("string", """{"max_length":"3"}""", "max_length must be a whole number from 0 to 2147483647")]
    [InlineData("string", """{"max_length":1e999999999}""", "max_length must be a whole number from 0 to 2147483647")]
    [InlineData("string", """{"min_length":3,"max_length":2}""", "min_length 3 is above max_length 2")]
    [InlineData("string", """{"enum":"a"}""", "enum must be a list of strings")]
    [InlineData("string", """{"enum":[1]}""", "enum must be a list of strings")]
    [InlineData("string", """{"enum":["\ud800"]}""", "not valid text: a string contains a lone surrogate")]
    [InlineData("string", """{"\ud800":1}""", "not valid text: a string contains a lone surrogate")]
    [InlineData("string", """{"pattern":1}""", "pattern must be a string")]
    [InlineData("choice", """{"choices":{}}""", "choices must be a list of strings")]
    [InlineData("module", """{"allowed_modules":[null]}""", "allowed_modules must be a list of strings")]
    [InlineData("module", """{"namespace":"a."}""", "namespace must be a dotted name")]
    [InlineData("module", """{"namespace":[]}""", "namespace must be a dotted name")]
    [InlineData("embedding", """{"dimensions":-3}""", "dimensions must be a whole number from 0 to 2147483647")]
    [InlineData("embedding", """{"dimensions":[3]}""", "dimensions must be a whole number from 0 to 2147483647")]
    [InlineData("tensor", """{"shape":[-1]}""", "shape must be a list of whole numbers, none negative")]
    [InlineData("tensor", """{"shape":3}""", "shape must be a list of whole numbers, none negative")]
    [InlineData("map", """{"max_size":"9"}""", "max_size must be a whole number from 0 to 2147483647")]
    [InlineData("list", """{"max_size":99999999999}""", "max_size must be a whole number from 0 to 2147483647")]
    public void What_is_wrong_is_named(string type, string json, string words)
    {
        Assert.Equal(words, Reading.Uncompiled(type, json));
    }

    [Fact]
    public void Long_patterns_and_constraints_are_refused()
    {
        Assert.Equal("pattern must be at most 1024 characters", Reading.Uncompiled("string", $$"""{"pattern":"{{new string('a', 1025)}}"}"""));
        Assert.Equal("longer than 65536 characters", Reading.Uncompiled("string", new string(' ', 65536) + "{}"));
        Assert.Equal("not valid JSON", Reading.Uncompiled("tensor", $$"""{"shape":{{new string('[', 60_000)}}"""));
        Assert.StartsWith("dtype must be one of: bool", Reading.Uncompiled("tensor", """{"dtype":"f4"}"""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("float", """{"min":1,"max":2}""", """ { "max" : 2.0, "min" : 1e0 } """)]
    [InlineData("float", """{"max":Infinity}""", """{"max":"Infinity"}""")]
    [InlineData("integer", """{"min":100}""", """{"min":1E2}""")]
    [InlineData("string", """{"min_length":1,"enum":["a","b"]}""", """{"enum":["b","a","b"],"min_length":1.0}""")]
    [InlineData("string", """{"pattern":"a"}""", """{"pattern":"\u0061"}""")]
    [InlineData("choice", """{"choices":[]}""", "")]
    [InlineData("module", """{"namespace":"a","choices":["x"]}""", """{"choices":["x"],"namespace":"a"}""")]
    [InlineData("tensor", """{"shape":[1,2],"dtype":"int8"}""", """{"dtype":"int8","shape":[1.0,2e0]}""")]
    [InlineData("list", """{"max_size":10}""", """{"max_size":1e1}""")]
    public void The_same_meaning_is_the_same(string type, string left, string right)
    {
        Assert.True(Reading.Constrained(type, left).SameAs(Reading.Constrained(type, right)));
        Assert.True(Reading.Constrained(type, right).SameAs(Reading.Constrained(type, left)));
    }

    [Theory]
    [InlineData("float", """{"min":1}""", """{"max":1}""")]
    [InlineData("float", """{"min":1}""", """{"min":1.5}""")]
    [InlineData("float", """{"min":1}""", "")]
    [InlineData("integer", """{"min":9007199254740992}""", """{"min":9007199254740993}""")]
    [InlineData("string", """{"enum":["a"]}""", """{"enum":["A"]}""")]
    [InlineData("string", """{"pattern":"a"}""", """{"pattern":"b"}""")]
    [InlineData("module", """{"choices":["a"]}""", """{"allowed_modules":["a"]}""")]
    [InlineData("module", """{"namespace":"a"}""", """{"namespace":"b"}""")]
    [InlineData("embedding", """{"dimensions":1}""", """{"dimensions":2}""")]
    [InlineData("tensor", """{"shape":[1,2]}""", """{"shape":[2,1]}""")]
    [InlineData("tensor", """{"dtype":"int8"}""", """{"dtype":"int16"}""")]
    [InlineData("map", """{"max_size":0}""", "")]
    public void Another_meaning_is_not(string type, string left, string right)
    {
        Assert.False(Reading.Constrained(type, left).SameAs(Reading.Constrained(type, right)));
        Assert.False(Reading.Constrained(type, right).SameAs(Reading.Constrained(type, left)));
    }

    [Fact]
    public void Constraints_of_another_type_are_not_the_same()
    {
        Assert.False(Reading.Constrained("float", """{"min":1}""").SameAs(Reading.Constrained("integer", """{"min":1}""")));
    }

    [Fact]
    public void A_value_that_exists_can_be_checked_against_others()
    {
        var value = Reading.Accepted(Reading.Read("float", Reading.Sent("float", "2.5")));
        Assert.Null(Reading.Constrained("float", """{"max":3}""").Check(value));
        Assert.Equal("value 2.5 is above maximum 1", Reading.Constrained("float", """{"max":1}""").Check(value)?.Message);

        var binary = Value.FromStored(Reading.Described("embedding", """{"shape":[3]}"""), Google.Protobuf.ByteString.CopyFrom(1));
        Assert.Null(Reading.Constrained("embedding", """{"dimensions":3}""").Check(binary));
        Assert.NotNull(Reading.Constrained("embedding", """{"dimensions":4}""").Check(binary));
    }
}
