using Google.Protobuf;
using Snakepit.Bridge.Watching;
using Snakepit.Sessions;

namespace Snakepit.Tests.Unit.Watching;

public sealed class UpdateRingTests
{
    [Fact]
    public void It_holds_the_newest_up_to_its_number()
    {
        var ring = new UpdateRing(maxUpdates: 10, maxBytes: 1_000_000);
        ring.Restart(100);
        Assert.Equal((101, 100), (ring.Oldest, ring.Newest));
        for (var revision = 101; revision <= 150; revision++)
        {
            ring.Append(Update(revision, 1));
            Assert.Equal(revision, ring.Newest);
            Assert.Equal(Math.Max(101, revision - 9), ring.Oldest);
            for (var kept = ring.Oldest; kept <= ring.Newest; kept++)
            {
                Assert.Equal(kept, ring[kept].Revision);
            }
        }
    }

    [Fact]
    public void It_holds_the_newest_up_to_its_bytes_and_the_very_newest_whatever_its_size()
    {
        var ring = new UpdateRing(maxUpdates: 100, maxBytes: 10);
        ring.Append(Update(1, 4));
        ring.Append(Update(2, 6));
        Assert.Equal(1, ring.Oldest);
        ring.Append(Update(3, 1));
        Assert.Equal(2, ring.Oldest);
        ring.Append(Update(4, 50));
        Assert.Equal((4, 4), (ring.Oldest, ring.Newest));
        ring.Append(Update(5, 10));
        Assert.Equal((5, 5), (ring.Oldest, ring.Newest));
        ring.Append(Update(6, 0));
        Assert.Equal(5, ring.Oldest);
    }

    [Fact]
    public void It_is_empty_after_a_restart_and_counts_its_bytes_anew()
    {
        var ring = new UpdateRing(maxUpdates: 4, maxBytes: 10);
        ring.Append(Update(1, 9));
        ring.Restart(7);
        ring.Append(Update(8, 9));
        ring.Append(Update(9, 1));
        Assert.Equal((8, 9), (ring.Oldest, ring.Newest));
    }

    private static LoggedUpdate Update(long revision, int bytes) =>
        new(revision, UpdateType.ValueChange, "id", "name", ByteString.CopyFrom(new byte[bytes]));
}
