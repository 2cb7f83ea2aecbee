using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Snakepit.Transport;

/// <summary>
/// From what one connection takes its memory: large blocks for what it reads, small ones for what each of its calls holds.
/// Thousands of calls can have come before the first has been run, and most are of some hundred bytes.
/// </summary>
/// <remarks>
/// Kestrel has one pool for both. How much at once it will ask for it settles by what the pool says it can give: for the connection
/// before that reads, for a call when it is made. So a connection goes on asking for more than a small block, which its pipes then
/// take from the shared pool of arrays: enough for what is there only until it has been looked at. Whatever else Kestrel might do,
/// it is given what it asks for.
/// </remarks>
internal sealed class ConnectionMemory(BlockPool large, BlockPool small) : MemoryPool<byte>, IMemoryPoolFeature
{
    private volatile bool _reads;

    public override int MaxBufferSize => _reads ? small.MaxBufferSize : large.MaxBufferSize;

    MemoryPool<byte> IMemoryPoolFeature.MemoryPool => this;

    /// <summary>Gives the connections that come by here theirs, unless they have a pool that is better than the shared one.</summary>
    public static Func<ConnectionDelegate, ConnectionDelegate> From(BlockPool large, BlockPool small) => next => connection =>
    {
        if (connection.Features.Get<IMemoryPoolFeature>() is not { } given || given.MemoryPool == Shared || given.MemoryPool == large)
        {
            connection.Features.Set<IMemoryPoolFeature>(new ConnectionMemory(large, small));
        }

        return next(connection);
    };

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        _reads = true;
        return minBufferSize <= small.MaxBufferSize ? small.Rent(minBufferSize) : large.Rent(minBufferSize);
    }

    protected override void Dispose(bool disposing)
    {
    }
}
