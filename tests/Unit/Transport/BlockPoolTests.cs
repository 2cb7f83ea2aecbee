using System.Reflection;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Snakepit.Transport;

namespace Snakepit.Tests.Unit.Transport;

public sealed class BlockPoolTests
{
    [Fact]
    public void What_was_given_back_last_serves_the_next_and_no_more_is_kept_than_may_be()
    {
        using var pool = new BlockPool(blockSize: 4096, mostKept: 2);
        var rented = Enumerable.Range(0, 3).Select(_ => pool.Rent(4096)).ToList();
        Assert.Equal(3, rented.Distinct().Count());
        Assert.All(rented, block => Assert.Equal(4096, block.Memory.Length));
        rented.ForEach(block => block.Dispose());
        Assert.Equal(2, pool.Kept);
        var again = Enumerable.Range(0, 3).Select(_ => pool.Rent()).ToList();
        Assert.Equal([rented[1], rented[0]], again.Take(2));
        Assert.DoesNotContain(again[2], rented);
        Assert.Equal(0, pool.Kept);
    }

    [Fact]
    public void A_block_is_not_made_larger() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BlockPool(4096, 1).Rent(4097));

    [Fact]
    public void The_pipes_of_the_sockets_take_their_memory_from_it()
    {
        using var pool = new BlockPool(4096, 1);
        var options = new SocketTransportOptions();
        SocketMemory.TakeFrom(pool, options);
        var setting = typeof(SocketTransportOptions).GetProperty("MemoryPoolFactory", BindingFlags.Instance | BindingFlags.NonPublic);
        Assert.Same(pool, ((IMemoryPoolFactory<byte>)setting!.GetValue(options)!).Create());
    }
}
