using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Tests.Unit.Transport;

/// <summary>Kestrel keeps a request as long as its call lasts: a stream's must not hold texts that the process has anyway.</summary>
public sealed class SharedTextsTests
{
    private readonly ConcurrentQueue<Texts> _served = new();

    [Fact]
    public async Task Of_a_stream_the_path_and_what_every_request_says_are_the_processs_own()
    {
        RpcMethod[] methods = [EchoServer.OnStream((_, _, call) => Note(call)), EchoServer.OnDuplex((_, _, call) => Note(call))];
        await using var server = await EchoServer.StartAsync(methods);
        using var raw = new RawClient(server.Target);
        foreach (var method in methods)
        {
            await raw.PostAsync(RawClient.Frame(""), method.Path, ("te", "trailers"));
            Assert.True(_served.TryDequeue(out var texts));
            Assert.Same(method.Path, texts.Path);
            Assert.Same(method.Path, texts.Target);
            Assert.Same(GrpcNames.ContentType, texts.ContentType);
            Assert.Same(GrpcNames.Trailers, texts.Te);
        }
    }

    [Fact]
    public async Task What_a_request_says_otherwise_stays_as_it_is()
    {
        await using var server = await EchoServer.StartAsync(EchoServer.OnStream((_, _, call) => Note(call)));
        using var raw = new RawClient(server.Target);
        var body = new ByteArrayContent(RawClient.Frame(""));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/grpc+proto");
        await raw.SendAsync(HttpMethod.Post, body, EchoServer.Stream);
        Assert.Equal([new Texts(EchoServer.Stream, EchoServer.Stream, "application/grpc+proto", null)], _served);
    }

    private Task<RpcStatus> Note(RpcCall call)
    {
        var request = ((ServerCall)call).Http.Request;
        _served.Enqueue(new Texts(request.Path, request.RawTarget, request.Headers.ContentType, request.Headers.TE));
        return Task.FromResult(RpcStatus.Ok);
    }

    private sealed record Texts(string Path, string Target, string? ContentType, string? Te);
}
