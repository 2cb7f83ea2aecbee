using Snakepit.Sessions;
using Snakepit.Storage.Sqlite;

namespace Snakepit.Tests.Storage;

public sealed class LogTailTests
{
    private const int Generation = 5;

    private readonly LogTail _tail = new(Generation);
    private readonly List<LogPlace> _index = [];
    private readonly List<LogPlace> _entering = [];
    private long _seq;

    [Fact]
    public void What_is_not_entered_is_told_in_order_and_of_the_session_alone()
    {
        Add("a", "b", "a", "a");
        _tail.Commit();
        Assert.Equal([1, 3, 4], Seqs("a"));
        Assert.Equal([2], Seqs("b"));
        Assert.Empty(Seqs("c"));
    }

    [Fact]
    public void What_a_transaction_enters_is_told_until_it_is_durable()
    {
        Add("a", "b", "a");
        _tail.Commit();
        Enter(_tail.Take(Key("a")));
        Assert.Equal([1, 3], Seqs("a"));
        Commit();
        Assert.Empty(Seqs("a"));
        Assert.Equal([2], Seqs("b"));
    }

    [Fact]
    public void What_is_rolled_back_is_gone_and_what_it_would_have_entered_waits_again()
    {
        Add("a", "b");
        Commit();
        Add("a", "c");
        Enter(_tail.Take(Key("a")));
        Assert.False(_tail.TryGetNewest(Key("a"), out _));
        _tail.Rollback();

        Assert.Equal([1], Seqs("a"));
        Assert.Empty(Seqs("c"));
        Assert.Equal([1], _tail.Take(Key("a")).Select(place => place.Seq));
        Assert.True(_tail.TryGetNewest(Key("b"), out var newest));
        Assert.Equal(2, newest.Seq);
    }

    [Fact]
    public void A_generation_is_entered_session_by_session_while_the_next_gathers()
    {
        Add("b", "a", "b", "a", "c");
        Assert.Empty(_tail.Take(10));
        Commit();
        Add("a");
        Assert.Equal([2, 4, 1], _tail.Take(3).Select(place => place.Seq));
        Commit();
        Assert.Equal([6], Seqs("a"));
        Assert.Equal([3], Seqs("b"));
        Assert.Equal(3, _tail.FirstWaiting());
        Assert.Equal([3, 5], _tail.Take(3).Select(place => place.Seq));
        Assert.Equal(6, _tail.FirstWaiting());
        _tail.Rollback();
        Assert.Equal(3, _tail.FirstWaiting());
        _tail.TakeAll();
        Assert.Null(_tail.FirstWaiting());
    }

    [Fact]
    public void All_are_entered_at_once_and_what_comes_behind_them_is_not()
    {
        Add("a", "b", "a", "b", "a");
        Commit();
        Add("a");
        _tail.TakeAll();
        Add("a");
        Assert.Empty(_tail.Take(10));
        Assert.Equal([7], _tail.Take(Key("a")).Select(place => place.Seq));
        _tail.Rollback();
        Assert.Equal([1, 3, 5], Seqs("a"));
        _tail.TakeAll();
        Commit();
        Assert.Empty(Seqs("a"));
        Add("a");
        Assert.Equal([8], Seqs("a"));
    }

    /// <summary>Whatever happens in whatever order, the index and what is told make up all that was committed.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Index_and_tail_together_are_all_that_was_committed(int seed)
    {
        var random = new Random(seed);
        string[] ids = ["a", "b", "c", "d"];
        List<(string Id, long Seq)> committed = [];
        List<(string Id, long Seq)> adding = [];
        for (var n = 0; n < 20_000; n++)
        {
            switch (random.Next(8))
            {
                case < 3:
                    var id = ids[random.Next(ids.Length)];
                    Add(id);
                    adding.Add((id, _seq));
                    break;
                case 3:
                    Enter(_tail.Take(Key(ids[random.Next(ids.Length)])));
                    break;
                case 4:
                    Enter(_tail.Take(random.Next(4)));
                    break;
                case 5:
                    _tail.Rollback();
                    _entering.Clear();
                    adding.Clear();
                    break;
                default:
                    Commit();
                    committed.AddRange(adding);
                    adding.Clear();
                    break;
            }

            foreach (var id in ids)
            {
                var entered = _index.Where(place => place.Session == Session(id)).Select(place => place.Seq).ToList();
                Assert.Equal(entered.Order(), entered);
                Assert.Equal(
                    committed.Concat(adding).Where(one => one.Id == id).Select(one => one.Seq),
                    entered.Concat(Seqs(id)));
            }

            if (committed.Count > 100)
            {
                committed.RemoveAll(one => _index.Any(place => place.Seq == one.Seq));
                _index.Clear();
            }
        }
    }

    private static SessionKey Key(string id) => new("", id);

    private static long Session(string id) => id[0];

    private void Add(params string[] ids)
    {
        foreach (var id in ids)
        {
            _seq++;
            _tail.Add(Key(id), new LogPlace(_seq, Session(id), _seq, _seq));
        }
    }

    private void Enter(List<LogPlace> places) => _entering.AddRange(places);

    private void Commit()
    {
        _tail.Commit();
        _index.AddRange(_entering);
        _entering.Clear();
    }

    private IEnumerable<long> Seqs(string id) => _tail.Of(Key(id)).Select(place => place.Seq);
}
