using Microsoft.AspNetCore.Connections;

namespace Snakepit.Transport;

/// <summary>The memory that one Kestrel is given: for its sockets, and for its connections and their calls.</summary>
internal sealed class KestrelMemory
{
    // Bytes; of each size 16 MiB are kept while nobody needs them, for two tensors are as much.
    private const int LargeBlock = 4096;
    private const int LargeBlocksKept = 4096;
    private const int SmallBlock = 2048;
    private const int SmallBlocksKept = 8192;

    public KestrelMemory() => Connections = ConnectionMemory.From(Sockets, new BlockPool(SmallBlock, SmallBlocksKept));

    /// <summary>For what is read from sockets and written to them.</summary>
    public BlockPool Sockets { get; } = new(LargeBlock, LargeBlocksKept);

    /// <summary>Gives each connection its own.</summary>
    public Func<ConnectionDelegate, ConnectionDelegate> Connections { get; }
}
