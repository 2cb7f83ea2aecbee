using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Snakepit.Transport;

/// <summary>
/// Memory for what calls carry, in blocks of one size, kept for the calls to come whichever thread they run on. Without it
/// Kestrel, where no host gives it a pool, takes the shared pool of arrays: that keeps 32 a processor of a size, so that of
/// hundreds of calls at once most had a new array of 4 KiB each.
/// </summary>
/// <param name="blockSize">Bytes of a block.</param>
/// <param name="mostKept">Blocks that are kept while nobody needs them.</param>
internal sealed class BlockPool(int blockSize, int mostKept) : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    private readonly ConcurrentQueue<Block> _free = new();

    /// <summary>Bytes of a block.</summary>
    public override int MaxBufferSize => blockSize;

    /// <summary>Blocks that wait for the next call.</summary>
    public int Kept => _free.Count;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, blockSize);
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
        public Memory<byte> Memory { get; } = GC.AllocateUninitializedArray<byte>(pool.MaxBufferSize);

        public void Dispose() => pool.TakeBack(this);
    }
}
