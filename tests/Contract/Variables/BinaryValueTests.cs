using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Variables;

/// <summary>Binary values go through byte for byte; only what describes them is looked at.</summary>
public sealed class BinaryValueTests(SharedServer server)
{
    private const string Descriptor = """{"shape": [2, 2], "dtype": "float32", "binary_format": "pickle", "type": "tensor"}""";

    private static readonly ByteString Bytes = ByteString.CopyFrom([.. Enumerable.Range(0, 256).Select(n => (byte)n)]);

    [Fact]
    public async Task A_binary_value_comes_back_byte_for_byte_everywhere()
    {
        var session = server.NewSession();
        await RegisterAsync(session, "x", Bytes);
        var later = ByteString.CopyFrom(0, 255, 7);
        using var watch = await session.WatchAsync("x");
        var setting = session.Setting("x", Json.Of("tensor.binary", Descriptor));
        setting.BinaryValue = later;
        await session.SetAsync(setting);

        var variable = await session.GetAsync("x");
        Assert.Equal((Json.SnakepitPrefix + "tensor.binary", Descriptor), (variable.Value.TypeUrl, variable.Text()));
        Assert.Equal(later, variable.BinaryValue);
        Assert.Equal(later, (await session.GetManyAsync("x")).Variables["x"].BinaryValue);

        var update = await watch.NextAsync("value_change");
        Assert.Equal(later, update.Variable.BinaryValue);
        Assert.Equal(Bytes, update.OldBinaryValue);
        Assert.Equal(Descriptor, update.OldValue.Text());

        var back = await session.RollBackAsync("x", 0);
        Assert.Equal(Bytes, back.Variable.BinaryValue);
        Assert.Equal(Bytes, (await session.GetAsync("x")).BinaryValue);
    }

    [Fact]
    public async Task A_binary_update_in_a_batch_is_set_too()
    {
        var session = server.NewSession();
        await RegisterAsync(session, "x", Bytes);
        await session.RegisterAsync("y", 1);
        var batch = session.Batch(true, ("y", 2));
        batch.Updates.Add("x", Json.Of("tensor.binary", Descriptor, Json.DspexPrefix));
        batch.BinaryUpdates.Add("x", ByteString.CopyFromUtf8("other bytes"));

        var answer = await session.SetManyAsync(batch);

        Assert.True(answer.Success);
        var variable = await session.GetAsync("x");
        Assert.Equal("other bytes", variable.BinaryValue.ToStringUtf8());
        Assert.Equal(Json.DspexPrefix + "tensor.binary", variable.Value.TypeUrl);
    }

    [Fact]
    public async Task Binary_bytes_win_over_the_json_beside_them()
    {
        var session = server.NewSession();
        var request = session.Registering("x", Json.Of("tensor", Descriptor));
        request.InitialBinaryValue = Bytes;

        var answer = await session.RegisterAsync(request);

        Assert.Equal(Json.SnakepitPrefix + "tensor.binary", answer.Variable.Value.TypeUrl);
        Assert.Equal(Bytes, answer.Variable.BinaryValue);
    }

    [Fact]
    public async Task A_descriptor_is_checked_against_the_constraints()
    {
        var session = server.NewSession();
        var request = session.Registering("x", Json.Of("tensor.binary", Descriptor), """{"shape": [3]}""");
        request.Type = "tensor";
        request.InitialBinaryValue = Bytes;

        await session.RegisterAsync(request).RefusedAsync(RpcCode.InvalidArgument, "shape must be [3]");
    }

    [Fact]
    public async Task A_binary_value_for_a_type_that_has_none_is_refused()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 1);
        var setting = session.Setting("x", Json.Integer(2));
        setting.BinaryValue = Bytes;

        await session.SetAsync(setting).RefusedAsync(RpcCode.InvalidArgument, "binary");
    }

    [Fact]
    public async Task A_json_value_after_a_binary_one_leaves_no_bytes()
    {
        var session = server.NewSession();
        await RegisterAsync(session, "x", Bytes);

        await session.SetAsync("x", Json.Of("tensor", """{"shape": [1], "data": [1]}"""));

        var variable = await session.GetAsync("x");
        Assert.Empty(variable.BinaryValue);
        Assert.Equal(Json.SnakepitPrefix + "tensor", variable.Value.TypeUrl);
    }

    private static Task<RegisterVariableResponse> RegisterAsync(SessionClient session, string name, ByteString bytes)
    {
        var request = session.Registering(name, Json.Of("tensor.binary", Descriptor));
        request.Type = "tensor";
        request.InitialBinaryValue = bytes;
        return session.RegisterAsync(request);
    }
}
