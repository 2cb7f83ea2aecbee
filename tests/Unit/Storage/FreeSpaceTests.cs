using Snakepit.Storage.Sqlite;

namespace Snakepit.Tests.Storage;

public sealed class FreeSpaceTests
{
    private const int Unit = FreeSpace.Unit;

    private readonly FreeSpace _space = new(Unit);

    [Fact]
    public void Nothing_is_free_before_it_is_given()
    {
        Assert.Equal([Unit, 2 * Unit, 4 * Unit], new long[] { _space.Take(1), _space.Take(Unit + 1), _space.Take(Unit) });
        Assert.Equal(5 * Unit, _space.End);
    }

    [Fact]
    public void What_fits_best_is_taken_and_the_rest_stays_free()
    {
        long[] places = [.. Enumerable.Range(1, 6).Select(n => _space.Take(n * Unit))];
        _space.Give(places[4], 5 * Unit);
        _space.Give(places[2], 3 * Unit);
        Assert.Equal(places[2], _space.Take(2 * Unit));
        Assert.Equal(places[2] + (2 * Unit), _space.Take(Unit));
        Assert.Equal(places[4], _space.Take(4 * Unit));
        var end = _space.End;
        Assert.Equal(end, _space.Take(2 * Unit));
    }

    [Fact]
    public void What_lies_side_by_side_becomes_one()
    {
        long[] places = [.. Enumerable.Range(0, 4).Select(_ => _space.Take(Unit))];
        foreach (var n in (int[])[0, 2, 1])
        {
            _space.Give(places[n], 1);
        }

        Assert.Equal(places[0], _space.Take(3 * Unit));
    }

    [Fact]
    public void What_is_free_at_the_end_is_no_longer_of_the_file()
    {
        long[] places = [.. Enumerable.Range(0, 3).Select(_ => _space.Take(Unit))];
        _space.Give(places[1], Unit);
        _space.Give(places[2], Unit);
        Assert.Equal(places[1], _space.End);
        Assert.Equal(places[1], _space.Take(5 * Unit));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_two_have_the_same_place_whatever_is_taken_and_given(int seed)
    {
        var random = new Random(seed);
        var taken = new SortedList<long, long>();
        for (var i = 0; i < 20_000; i++)
        {
            // Taken more often for a while, then less.
            if (taken.Count == 0 || random.Next(100) < (i / 2_000 % 2 == 0 ? 60 : 40))
            {
                var length = random.Next(1, 20 * Unit);
                taken.Add(_space.Take(length), length);
                continue;
            }

            var n = random.Next(taken.Count);
            _space.Give(taken.Keys[n], taken.Values[n]);
            taken.RemoveAt(n);
            if (i % 100 == 0)
            {
                AssertApart(taken);
            }
        }

        foreach (var (place, length) in taken)
        {
            _space.Give(place, length);
        }

        Assert.Equal(Unit, _space.End);
    }

    private void AssertApart(SortedList<long, long> taken)
    {
        long end = Unit;
        foreach (var (place, length) in taken)
        {
            Assert.InRange(place, end, _space.End - length);
            end = place + FreeSpace.Rounded(length);
        }
    }
}
