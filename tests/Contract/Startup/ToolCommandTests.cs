using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Startup;

/// <summary>Tools from the shell, all by the executable.</summary>
public sealed class ToolCommandTests
{
    [Fact]
    public async Task Workers_are_announced_their_tools_listed_and_called_and_they_are_forgotten_again()
    {
        await using var worker = await FakeWorker.StartAsync(prepare: static worker => worker.OnStream = StreamAsync);
        await using var server = SidecarProgram.Start(null, "serve", "--port", "0", "--memory");
        var target = $"127.0.0.1:{await server.ReadyAsync()}";
        using var client = new BridgeClient(target);
        var session = client.Session("tour");
        await session.InitializeAsync();

        Assert.Equal($"{worker.Id} is added\n", await SidecarProgram.RunAsync("workers", "add", worker.Address, "--id", worker.Id, "--server", target));
        await session.RegisterAsync(worker, "greet", "stream-words");
        var tools = await SidecarProgram.RunAsync("tools", "tour", "--server", target);
        Assert.Contains("greet", tools, StringComparison.Ordinal);
        Assert.Contains(worker.Id, tools, StringComparison.Ordinal);

        Assert.Equal("\"greet\"\n", await SidecarProgram.RunAsync("call", "tour", "greet", "name=Ada", "times=3", "--server", target));
        Assert.True(worker.Calls.TryDequeue(out var call));
        Assert.Equal("3", call.Parameters["times"].Text());
        Assert.Contains("Ada", call.Parameters["name"].Text(), StringComparison.Ordinal);

        var chunks = await SidecarProgram.RunAsync("call", "tour", "stream-words", "--stream", "--server", target);
        Assert.Contains("one", chunks, StringComparison.Ordinal);
        Assert.Contains("two", chunks, StringComparison.Ordinal);

        worker.OnExecute = static (_, _) => Task.FromResult(new ExecuteToolResponse { ErrorMessage = "out of words" });
        await using var failing = SidecarProgram.Start(null, "call", "tour", "greet", "--server", target);
        var (status, output, errors) = await failing.EndAsync();
        Assert.NotEqual(0, status);
        Assert.Equal("", output);
        Assert.Equal("snakepit: out of words\n", errors);

        Assert.Contains(worker.Id, await SidecarProgram.RunAsync("workers", "--json", "--server", target), StringComparison.Ordinal);
        Assert.Equal($"{worker.Id} is removed\n", await SidecarProgram.RunAsync("worker", "remove", worker.Id, "--server", target));
        Assert.DoesNotContain(worker.Id, await SidecarProgram.RunAsync("workers", "--server", target), StringComparison.Ordinal);
    }

    private static async Task<RpcStatus> StreamAsync(ExecuteToolRequest request, IResponseStream responses, RpcCall call)
    {
        responses.Write(new ToolChunk { ChunkId = "1", Data = ByteString.CopyFromUtf8("\"one\"") });
        responses.Write(new ToolChunk { ChunkId = "2", Data = ByteString.CopyFromUtf8("\"two\""), IsFinal = true });
        await responses.FlushAsync(call.Cancellation);
        return RpcStatus.Ok;
    }
}
