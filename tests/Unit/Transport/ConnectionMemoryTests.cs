using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Snakepit.Transport;

namespace Snakepit.Tests.Unit.Transport;

public sealed class ConnectionMemoryTests : IDisposable
{
    private readonly BlockPool _large = new(blockSize: 64, mostKept: 4);
    private readonly BlockPool _small = new(blockSize: 16, mostKept: 4);

    public void Dispose()
    {
        _large.Dispose();
        _small.Dispose();
    }

    [Fact]
    public void A_connection_reads_by_large_blocks_and_what_is_made_once_it_reads_has_small_ones()
    {
        using var memory = new ConnectionMemory(_large, _small);
        var (connection, least) = NewPipe(memory);
        Assert.Equal(64, connection.Writer.GetMemory(least).Length);
        var (call, leastOfCall) = NewPipe(memory);
        Assert.Equal(16, call.Writer.GetMemory(leastOfCall).Length);
        connection.Writer.Advance(64);
        Assert.Equal(64, connection.Writer.GetMemory(least).Length);
        foreach (var pipe in new[] { connection, call })
        {
            pipe.Writer.Complete();
            pipe.Reader.Complete();
        }

        Assert.Equal((1, 1), (_large.Kept, _small.Kept));
    }

    [Fact]
    public void Whoever_asks_is_given_at_least_as_much()
    {
        using var memory = new ConnectionMemory(_large, _small);
        Assert.Equal([16, 16, 16, 64, 64], new[] { -1, 1, 16, 17, 64 }.Select(asked => memory.Rent(asked).Memory.Length));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Rent(65));
    }

    [Fact]
    public async Task A_connection_has_its_own_unless_a_host_gave_it_other_memory()
    {
        using var ofHost = new BlockPool(64, 1);
        Assert.IsType<ConnectionMemory>(await GivenAsync(MemoryPool<byte>.Shared));
        Assert.IsType<ConnectionMemory>(await GivenAsync(_large));
        Assert.NotSame(await GivenAsync(_large), await GivenAsync(_large));
        Assert.Same(ofHost, await GivenAsync(ofHost));
    }

    [Fact]
    public async Task Kestrel_asks_in_that_order()
    {
        using var large = new BlockPool(blockSize: 4096, mostKept: 64);
        using var small = new BlockPool(blockSize: 1024, mostKept: 64);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(large);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(ConnectionMemory.From(large, small));
        }));
        await using (var app = builder.Build())
        {
            app.MapPost("/", async context => await context.Request.Body.CopyToAsync(context.Response.Body));
            await app.StartAsync();
            using var client = new HttpClient
            {
                DefaultRequestVersion = HttpVersion.Version20,
                DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            using var answer = await client.PostAsync(app.Urls.Single(), new ByteArrayContent(new byte[3000]));
            Assert.Equal(3000, (await answer.Content.ReadAsByteArrayAsync()).Length);
            await app.StopAsync();
        }

        // The call's bytes were in three small blocks at least, and came and went by the connection's and the socket's large ones.
        Assert.InRange(small.Kept, 3, 16);
        Assert.InRange(large.Kept, 2, 16);
    }

    // As Kestrel does: segments of as much as the pool can give, and room for half as much is the least that it asks for.
    private static (Pipe Pipe, int Least) NewPipe(MemoryPool<byte> pool) =>
        (new Pipe(new PipeOptions(pool, minimumSegmentSize: pool.MaxBufferSize)), pool.MaxBufferSize / 2);

    private async Task<MemoryPool<byte>> GivenAsync(MemoryPool<byte> before)
    {
        var connection = new DefaultConnectionContext();
        connection.Features.Set<IMemoryPoolFeature>(new Feature(before));
        await ConnectionMemory.From(_large, _small)(_ => Task.CompletedTask)(connection);
        return connection.Features.Get<IMemoryPoolFeature>()!.MemoryPool;
    }

    private sealed class Feature(MemoryPool<byte> pool) : IMemoryPoolFeature
    {
        public MemoryPool<byte> MemoryPool => pool;
    }
}
