using System.Buffers;
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
    private readonly Lock _gate = new();

    // Both under the lock. The block that came back last is the next to go: in the order in which they came back, each would have
    // left the processor's caches by its turn.
    private Block? _latest;
    private int _kept;

    /// <summary>Bytes of a block.</summary>
    public override int MaxBufferSize => blockSize;

    /// <summary>Blocks that wait for the next call.</summary>
    public int Kept => Volatile.Read(ref _kept);

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, blockSize);
        return TakeLatest() ?? new Block(this);
    }

    /// <summary>This one: the blocks are for all that the process sends and receives.</summary>
    MemoryPool<byte> IMemoryPoolFactory<byte>.Create(MemoryPoolOptions? options) => this;

    protected override void Dispose(bool disposing)
    {
    }

    private Block? TakeLatest()
    {
        lock (_gate)
        {
            if (_latest is not { } block)
            {
                return null;
            }

            (_latest, block.Before) = (block.Before, null);
            _kept--;
            return block;
        }
    }

    private void TakeBack(Block block)
    {
        lock (_gate)
        {
            if (_kept < mostKept)
            {
                (_latest, block.Before) = (block, _latest);
                _kept++;
            }
        }
    }

    // Who rents it disposes it once, as all of Kestrel's pipes do.
    private sealed class Block(BlockPool pool) : IMemoryOwner<byte>
    {
        /// <summary>Under the pool's lock: the one that came back before this one.</summary>
        public Block? Before { get; set; }

        public Memory<byte> Memory { get; } = GC.AllocateUninitializedArray<byte>(pool.MaxBufferSize);

        public void Dispose() => pool.TakeBack(this);
    }
}
