using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Tools;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Tools;

/// <summary>Calls answered in chunks by a client that attached.</summary>
public sealed class AttachedStreamTests(SharedServer server)
{
    [Fact]
    public async Task Chunks_come_in_order_and_the_last_is_final()
    {
        var (session, host) = await NewAsync("stream");
        await using var _ = host;
        using var chunks = session.ExecuteStreaming("stream");
        var call = await host.NextCallAsync();
        Assert.True(call.Streaming);
        await host.ChunkAsync(call, "a");
        Assert.Equal("a", (await chunks.NextAsync()).ChunkId);
        await host.ChunkAsync(call, "b");
        await host.ChunkAsync(call, "c", final: true);
        await host.ChunkAsync(call, "after the last");

        var (rest, status) = await chunks.RestAsync();
        Assert.Equal(RpcStatus.Ok, status);
        Assert.Equal([("b", false), ("c", true)], rest.Select(chunk => (chunk.ChunkId, chunk.IsFinal)));
        Assert.Equal("local", rest[^1].Metadata["tool_type"]);
        Assert.Equal(host.Id, rest[^1].Metadata["worker_id"]);
    }

    [Fact]
    public async Task A_final_chunk_is_made_where_the_host_sends_none()
    {
        var (session, host) = await NewAsync("stream");
        await using var _ = host;
        using var chunks = session.ExecuteStreaming("stream");
        var call = await host.NextCallAsync();
        await host.ChunkAsync(call, "a");
        await host.EndAsync(call, RpcCode.Ok);

        var (all, status) = await chunks.RestAsync();
        Assert.Equal(RpcStatus.Ok, status);
        Assert.Equal([false, true], all.Select(chunk => chunk.IsFinal));
        Assert.Equal(("true", "1"), (all[1].Metadata["synthetic_final"], all[1].Metadata["chunks_sent"]));
    }

    [Fact]
    public async Task A_failure_in_mid_stream_ends_it_without_a_final_chunk()
    {
        var (session, host) = await NewAsync("stream");
        await using var _ = host;
        using var chunks = session.ExecuteStreaming("stream");
        var call = await host.NextCallAsync();
        await host.ChunkAsync(call, "a");
        await host.EndAsync(call, RpcCode.DataLoss, "the disk is gone");

        var (all, status) = await chunks.RestAsync();
        Assert.Equal(new RpcStatus(RpcCode.DataLoss, "the disk is gone"), status);
        Assert.False(Assert.Single(all).IsFinal);
    }

    [Fact]
    public async Task A_host_lost_in_mid_stream_ends_it_as_unavailable()
    {
        var (session, host) = await NewAsync("stream");
        using var chunks = session.ExecuteStreaming("stream");
        await host.ChunkAsync(await host.NextCallAsync(), "a");
        await chunks.NextAsync();
        await host.DisposeAsync();

        Assert.Equal(RpcCode.Unavailable, (await chunks.RestAsync()).Status.Code);
    }

    [Fact]
    public async Task A_tool_that_does_not_stream_is_refused()
    {
        var (session, host) = await NewAsync("plain");
        await using var _ = host;
        using var chunks = session.ExecuteStreaming("plain");
        await chunks.ReadAsync().AsTask().RefusedAsync(RpcCode.Unimplemented, "Tool plain does not stream");
    }

    [Fact]
    public async Task A_caller_that_leaves_has_the_call_cancelled_at_the_host()
    {
        var (session, host) = await NewAsync("stream");
        await using var _ = host;
        var chunks = session.ExecuteStreaming("stream");
        var call = await host.NextCallAsync();
        await host.ChunkAsync(call, "a");
        await chunks.NextAsync();
        chunks.Dispose();

        Assert.Equal(call.CallId, (await host.NextAsync(ServerMessage.ContentOneofCase.Cancelled)).Cancelled.CallId);
    }

    [Fact]
    public async Task A_host_sends_as_much_as_it_may_and_is_told_when_it_may_send_more()
    {
        var (session, host) = await NewAsync("stream");
        await using var _ = host;
        using var chunks = session.ExecuteStreaming("stream");
        var call = await host.NextCallAsync();
        var sent = 0;
        var credit = call.Chunks;
        while (sent < 100)
        {
            while (credit-- > 0)
            {
                await host.ChunkAsync(call, $"{sent++}");
            }

            credit = (await host.NextAsync(ServerMessage.ContentOneofCase.More)).More.Chunks;
        }

        await host.ChunkAsync(call, "last", final: true);
        var (all, status) = await chunks.RestAsync();
        Assert.Equal(RpcStatus.Ok, status);
        Assert.Equal([.. Enumerable.Range(0, sent).Select(n => $"{n}"), "last"], all.Select(chunk => chunk.ChunkId));
    }

    [Fact]
    public async Task A_caller_that_does_not_read_holds_up_its_own_call_alone_and_only_so_many_chunks()
    {
        const int ChunkBytes = 1024 * 1024;
        var (session, host) = await NewAsync("stream", "plain");
        await using var _ = host;

        // A connection of its own: what it does not read must not stand in the way of what others read.
        using var slowClient = new BridgeClient(server.Address);
        using var slow = slowClient.Session(session.Id).ExecuteStreaming("stream");
        var call = await host.NextCallAsync();
        for (var sent = 0; sent < call.Chunks; sent++)
        {
            await host.ChunkAsync(call, "more", bytes: ChunkBytes);
        }

        // The host is told nothing but these calls: the first chunk fills the caller's buffers.
        for (var others = 0; others < 20; others++)
        {
            var answer = session.ExecuteAsync("plain");
            await host.AnswerAsync(await host.NextCallAsync(), "1");
            Assert.True((await answer).Success);
        }

        await host.ChunkAsync(call, "one too many");
        await host.NextAsync(ServerMessage.ContentOneofCase.Cancelled);
        var (chunks, status) = await slow.RestAsync();
        Assert.Equal(new RpcStatus(RpcCode.Internal, $"host {host.Id} answered with more chunks than it may send"), status);
        Assert.Equal(call.Chunks, chunks.Count);
        Assert.DoesNotContain(chunks, chunk => chunk.IsFinal);
        await host.OfferAsync(session, "plain");
    }

    private async Task<(SessionClient Session, AttachedClient Host)> NewAsync(params string[] tools)
    {
        var session = server.NewSession();
        await session.InitializeAsync();
        var host = await AttachedClient.StartAsync(server.Client);
        await host.OfferAsync(session, tools);
        return (session, host);
    }
}
