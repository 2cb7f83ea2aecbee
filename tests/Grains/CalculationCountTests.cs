using Snakepit.GrpcGateway.Cluster;
using Snakepit.Storage;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Grains;

public sealed class CalculationCountTests
{
    private readonly ManualClock _clock = new();
    private readonly CalculationCount _count;
    private int _stored;
    private int _counted;
    private StoreException? _failure;

    public CalculationCountTests() => _count = new CalculationCount(
        (limit, _) =>
        {
            _counted++;
            return _failure is null ? new(Math.Min(_stored, limit)) : throw _failure;
        },
        _clock);

    [Fact]
    public async Task Far_from_the_limit_they_are_counted_once_a_second()
    {
        for (var i = 0; i < 50; i++)
        {
            Assert.True(await OpenAsync(100));
        }

        Assert.Equal(1, _counted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await OpenAsync(100));
        Assert.Equal(2, _counted);
    }

    [Fact]
    public async Task Near_the_limit_they_are_counted_each_time()
    {
        _stored = 97;
        var opened = new List<bool>();
        while (opened.Count < 5)
        {
            opened.Add(await OpenAsync(100));
        }

        Assert.Equal([true, true, true, false, false], opened);
        Assert.Equal(5, _counted);
        _stored--;
        _count.Remove();
        Assert.True(await OpenAsync(100));
    }

    [Fact]
    public async Task Those_opened_since_the_count_bring_the_limit_near()
    {
        _stored = 50;
        for (var i = 0; i < 50; i++)
        {
            Assert.True(await OpenAsync(100));
        }

        Assert.False(await OpenAsync(100));
    }

    [Fact]
    public async Task One_that_is_being_opened_counts_though_it_is_not_stored_yet()
    {
        _stored = 9;
        Assert.True(await _count.TryBeginOpeningAsync(10, default));
        Assert.False(await _count.TryBeginOpeningAsync(10, default));
        _count.EndOpening(isOpen: false);
        Assert.True(await _count.TryBeginOpeningAsync(10, default));
        _stored++;
        _count.EndOpening(isOpen: true);
        Assert.False(await _count.TryBeginOpeningAsync(10, default));
    }

    [Fact]
    public async Task A_count_that_fails_leaves_nothing_behind()
    {
        _stored = 9;
        _failure = new StoreException("disk on fire", outcomeUnknown: false);
        await Assert.ThrowsAsync<StoreException>(() => _count.TryBeginOpeningAsync(10, default).AsTask());
        _failure = null;
        Assert.True(await _count.TryBeginOpeningAsync(10, default));
    }

    [Fact]
    public async Task A_limit_of_none_lets_none_be_opened()
    {
        Assert.False(await OpenAsync(0));
    }

    private async Task<bool> OpenAsync(int limit)
    {
        if (!await _count.TryBeginOpeningAsync(limit, default))
        {
            return false;
        }

        _stored++;
        _count.EndOpening(isOpen: true);
        return true;
    }
}
