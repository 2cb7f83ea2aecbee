using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Snakepit.Transport;

/// <summary>
/// Memory for what calls carry, in blocks of one size, kept for the calls to come whichever thread they run on. Without it
/// Kestrel, where no host gives it a pool, takes the shared pool of arrays: that keeps 32 a processor of a size, so that of
/// hundreds of calls at once most had a new array of 4 KiB each.
/// </summary>
/// <param name="mostKept">Blocks that are kept while nobody needs them.</param>
internal sealed class BlockPool(int mostKept) : MemoryPool<byte>, IMemoryPoolFeature, IMemoryPoolFactory<byte>
{
    /// <summary>Bytes of a block.</summary>
    public const int BlockSize = 4096;

    private readonly ConcurrentQueue<Block> _free = new();

    public override int MaxBufferSize => BlockSize;

    MemoryPool<byte> IMemoryPoolFeature.MemoryPool => this;

    /// <summary>Blocks that wait for the next call.</summary>
    public int Kept => _free.Count;

    /// <summary>Has the connections that come by here take their memory from this pool, where they have no better one.</summary>
    public ConnectionDelegate Before(ConnectionDelegate next) => connection =>
    {
        if (connection.Features.Get<IMemoryPoolFeature>() is not { } given || given.MemoryPool == Shared)
        {
            connection.Features.Set<IMemoryPoolFeature>(this);
        }

        return next(connection);
    };

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        return _free.TryDequeue(out var block) ? block : new Block(this);
    }

    /// <summary>This one: the blocks are for all that the process sends and receives.</summary>
    MemoryPool<byte> IMemoryPoolFactory<byte>.Create(MemoryPoolOptions? options) => this;

    protected override void Dispose(bool disposing)
    {
    }

    private void TakeBack(Block block)
    {
        // Two at once may both find the last room: then one more is kept.
        if (_free.Count < mostKept)
        {
            _free.Enqueue(block);
        }
    }

    // Who rents it disposes it once, as all of Kestrel's pipes do.
    private sealed class Block(BlockPool pool) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = GC.AllocateUninitializedArray<byte>(BlockSize);

        public void Dispose() => pool.TakeBack(this);
    }
}
