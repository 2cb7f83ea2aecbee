namespace Snakepit.Tests.Values;

public sealed class TensorTests
{
    [Theory]
    [InlineData("""{"shape":[2,2],"data":[[1,2],[3,4.5]]}""")]
    [InlineData("""{"shape":[2,2],"data":[1,2,3,4]}""")]
    [InlineData("""{"data":[[1,2],[3,4]],"shape":[2,2]}""")]
    [InlineData("""{"shape":[],"data":5}""")]
    [InlineData("""{"shape":[],"data":[5]}""")]
    [InlineData("""{"shape":[0],"data":[]}""")]
    [InlineData("""{"shape":[0,3],"data":[]}""")]
    [InlineData("""{"shape":[2,0,3],"data":[[],[]]}""")]
    [InlineData("""{"shape":[0,9223372036854775807,9223372036854775807],"data":[]}""")]
    [InlineData("""{"shape":[1,1,2],"data":[[["NaN","-Infinity"]]]}""")]
    [InlineData("""{"shape":[2],"data":[1,2.0],"dtype":"int64"}""")]
    [InlineData("""{"dtype":"bool","shape":[2],"data":[true,false]}""")]
    [InlineData("""{"shape":[2],"data":[0.5,1],"dtype":"bfloat16"}""")]
    public void A_tensor_is_kept_nested_or_flat_as_it_came(string given)
    {
        Assert.Equal(given, Reading.Accepted("tensor", given));
    }

    [Theory]
    [InlineData(""" { "shape" : [ 2.0 , 1 ], "data" : [ [ 1 ], [ NaN ] ] } """, """{"shape":[2,1],"data":[[1],["NaN"]]}""")]
    [InlineData("""{"shape":[1e0],"\u0064ata":[1],"dtype":"float\u00332"}""", """{"shape":[1],"data":[1],"dtype":"float32"}""")]
    public void The_rest_is_canonical(string given, string canonical)
    {
        Assert.Equal(canonical, Reading.Accepted("tensor", given));
    }

    [Theory]
    [InlineData("""{"shape":[3],"data":[1,2]}""", "data size doesn't match shape [3], got 2 elements")]
    [InlineData("""{"shape":[2,2],"data":[[1,2],[3]]}""", "data size doesn't match shape [2, 2], got 3 elements")]
    [InlineData("""{"shape":[2,2],"data":[[1,2,3],[4]]}""", "data size doesn't match shape [2, 2], got 4 elements")]
    [InlineData("""{"shape":[2,2],"data":[[1],[2],[3],[4]]}""", "data size doesn't match shape [2, 2], got 4 elements")]
    [InlineData("""{"shape":[4],"data":[[1,2],[3,4]]}""", "data size doesn't match shape [4], got 4 elements")]
    [InlineData("""{"shape":[2],"data":[1,[2]]}""", "data size doesn't match shape [2], got 2 elements")]
    [InlineData("""{"shape":[2],"data":[[1],2]}""", "data size doesn't match shape [2], got 2 elements")]
    [InlineData("""{"shape":[1],"data":[[],1]}""", "data size doesn't match shape [1], got 1 elements")]
    [InlineData("""{"shape":[1],"data":5}""", "data size doesn't match shape [1], got 1 elements")]
    [InlineData("""{"shape":[0,3],"data":[[]]}""", "data size doesn't match shape [0, 3], got 0 elements")]
    [InlineData("""{"shape":[4294967296,4294967296],"data":[]}""", "data size doesn't match shape [4294967296, 4294967296], got 0 elements")]
    public void The_shape_must_fit_the_data(string given, string words)
    {
        Assert.Equal(words, Reading.Refused("tensor", given));
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("{}")]
    [InlineData("""{"shape":[1]}""")]
    [InlineData("""{"data":[1]}""")]
    [InlineData("NaN")]
    public void Shape_and_data_are_needed(string given)
    {
        Assert.Equal("""must be a tensor: {"shape": [...], "data": ...}""", Reading.Refused("tensor", given));
    }

    [Theory]
    [InlineData("""{"shape":3,"data":[1]}""", "shape must be a list of whole numbers, none negative")]
    [InlineData("""{"shape":[-1],"data":[1]}""", "shape must be a list of whole numbers, none negative")]
    [InlineData("""{"shape":[1.5],"data":[1]}""", "shape must be a list of whole numbers, none negative")]
    [InlineData("""{"shape":[NaN],"data":[1]}""", "shape must be a list of whole numbers, none negative")]
    [InlineData("""{"shape":[9223372036854775808],"data":[1]}""", "shape must be a list of whole numbers, none negative")]
    [InlineData("""{"shape":[1],"data":["1"]}""", "tensor data must be numbers")]
    [InlineData("""{"shape":[1],"data":[null]}""", "tensor data must be numbers")]
    [InlineData("""{"shape":[1],"data":{"0":1}}""", "tensor data must be numbers")]
    [InlineData("""{"shape":[1],"data":[true]}""", "tensor data must be numbers; true and false only all together and with dtype bool")]
    [InlineData("""{"shape":[2],"data":[true,1],"dtype":"bool"}""", "tensor data must be numbers; true and false only all together and with dtype bool")]
    [InlineData("""{"shape":[1],"data":[1.5],"dtype":"int8"}""", "tensor data must be whole numbers for dtype int8")]
    [InlineData("""{"shape":[1],"data":[NaN],"dtype":"uint8"}""", "tensor data must be whole numbers for dtype uint8")]
    [InlineData("""{"shape":[1],"shape":[1],"data":[1]}""", "duplicate key: shape")]
    [InlineData("""{"shape":[1],"data":[1],"data":[1]}""", "duplicate key: data")]
    [InlineData("""{"shape":[1],"data":[1e999]}""", "tensor data must be numbers: number 1e999 is beyond the range of a double")]
    public void What_is_wrong_is_named(string given, string words)
    {
        Assert.Equal(words, Reading.Refused("tensor", given));
    }

    [Fact]
    public void An_unknown_key_or_dtype_is_named()
    {
        Assert.Contains("got key dat", Reading.Refused("tensor", """{"shape":[1],"dat":[1]}"""), StringComparison.Ordinal);
        Assert.StartsWith("dtype must be one of: bool, int8", Reading.Refused("tensor", """{"shape":[1],"data":[1],"dtype":"float33"}"""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"shape":[3,2],"data":[1,2,3,4,5,6]}""", """{"shape":[2,3]}""", "shape must be [2, 3], got [3, 2]")]
    [InlineData("""{"shape":[1],"data":[1],"dtype":"float64"}""", """{"dtype":"float32"}""", "dtype must be float32, got float64")]
    [InlineData("""{"shape":[1],"data":[1.5]}""", """{"dtype":"int32"}""", "tensor data must be whole numbers for dtype int32")]
    public void A_tensor_that_breaks_a_constraint_is_refused(string given, string constraints, string words)
    {
        Assert.Equal(words, Reading.Refused("tensor", given, constraints));
    }

    [Fact]
    public void A_tensor_without_dtype_is_what_the_constraint_says()
    {
        Reading.Accepted("tensor", """{"shape":[1],"data":[1.5]}""", """{"dtype":"float32","shape":[1]}""");
        Reading.Accepted("tensor", """{"shape":[1],"data":[true]}""", """{"dtype":"bool"}""");
    }

    [Fact]
    public void Too_many_axes_and_too_deep_nesting_are_refused()
    {
        var shape = string.Join(",", Enumerable.Repeat("1", 65));
        Assert.Equal("shape must have at most 64 axes", Reading.Refused("tensor", $$"""{"shape":[{{shape}}],"data":[1]}"""));
        Assert.Equal(
            "value is nested deeper than 64 levels",
            Reading.Refused("tensor", $$"""{"shape":[1],"data":{{new string('[', 100_000)}}"""));
    }
}
