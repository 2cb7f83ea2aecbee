using Snakepit.Sessions;
using Snakepit.Storage;

namespace Snakepit.Tests.Storage;

public sealed class KeptLogsTests
{
    private static readonly DateTimeOffset Start = ScriptedSession.Start;

    private readonly KeptLogs<string> _logs = new(most: 3);

    [Fact]
    public void The_one_whose_time_ends_first_makes_room()
    {
        Assert.Empty(Add("a", 3));
        Assert.Empty(Add("b", 1));
        Assert.Empty(Add("c", 2));
        Assert.Equal(["b"], Add("d", 4));
        Assert.Equal(["c"], Add("e", 5));
        Assert.Equal(["a", "d", "e"], _logs.All.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void One_that_was_forgotten_takes_no_room_and_is_never_due()
    {
        Add("a", 1);
        Add("b", 2);
        Add("c", 3);
        _logs.Forget(Key("a"), Start);
        Assert.Empty(Add("d", 4));
        Assert.Equal(["b"], Add("e", 5));
        Assert.Equal(["c"], _logs.TakeDue(Start.AddSeconds(3)));
    }

    [Fact]
    public void A_session_that_ends_once_more_takes_its_own_place()
    {
        Add("a", 1);
        Assert.Equal(["a"], _logs.Add(Key("a"), Start, Start.AddSeconds(5), "again"));
        Assert.Empty(_logs.TakeDue(Start.AddSeconds(4)));
        Assert.Equal("again", _logs.Find(Key("a"), Start));
        Assert.Equal(["again"], _logs.TakeDue(Start.AddSeconds(5)));
    }

    [Fact]
    public void What_is_due_is_taken_once()
    {
        Add("a", 1);
        Add("b", 2);
        Assert.False(_logs.AreAnyDue(Start));
        Assert.True(_logs.AreAnyDue(Start.AddSeconds(1)));
        Assert.Equal(["a"], _logs.TakeDue(Start.AddSeconds(1)));
        Assert.Empty(_logs.TakeDue(Start.AddSeconds(1)));
        Assert.Null(_logs.Find(Key("a"), Start));
        Assert.NotNull(_logs.Find(Key("b"), Start));
    }

    private List<string> Add(string id, int seconds) => _logs.Add(Key(id), Start, Start.AddSeconds(seconds), id);

    private static SessionKey Key(string id) => new("", id);
}
