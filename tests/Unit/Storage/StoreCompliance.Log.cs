using Snakepit.Storage;

namespace Snakepit.Tests.Storage;

public abstract partial class StoreCompliance
{
    [Fact]
    public async Task The_log_is_read_in_order_from_any_revision()
    {
        var session = new ScriptedSession(Store);
        await session.AppendAsync("x", "y", "z");
        await session.AppendAsync("x");
        await session.AppendAsync("x", "y");
        Assert.Equal([3, 4, 6], Ends(await session.ReadLogAsync(0)));
        Assert.Equal([3, 4, 6], Ends(await session.ReadLogAsync(2))); // Whole, though it begins before.
        Assert.Equal([4, 6], Ends(await session.ReadLogAsync(3)));
        Assert.Equal([6], Ends(await session.ReadLogAsync(5)));
        Assert.Empty((await session.ReadLogAsync(6)).Commits);
        Assert.Equal(6, (await session.ReadLogAsync(100)).LastRevision);
    }

    [Fact]
    public async Task A_page_holds_what_fits_and_at_least_one_commit()
    {
        var session = new ScriptedSession(Store);
        await session.AppendManyAsync("x", 20);
        Assert.Equal([6], Ends(await session.ReadLogAsync(5, maxBytes: 1)));

        var size = session.Next("x").Record.CalculateSize();
        var page = await session.ReadLogAsync(5, maxBytes: (size * 4) + (size / 2));
        Assert.Equal([6, 7, 8, 9], Ends(page));
        Assert.Equal(20, page.LastRevision);
    }

    [Fact]
    public async Task Large_values_count_towards_a_page()
    {
        var session = new ScriptedSession(Store);
        for (byte i = 0; i < 4; i++)
        {
            await session.AppendLargeAsync("x", ScriptedSession.Large(100_000, i));
        }

        Assert.Equal([1, 2], Ends(await session.ReadLogAsync(0, maxBytes: 150_000)));
    }

    [Fact]
    public async Task History_follows_one_variable()
    {
        var session = new ScriptedSession(Store);
        await session.AppendAsync("x", "y");
        await session.AppendAsync("y");
        await session.AppendAsync("z", "x", "y");
        await session.AppendAsync();
        await session.AppendAsync("x");
        Assert.Equal([2, 1, 0], await session.HistoryAsync("x"));
        Assert.Equal([2, 1, 0], await session.HistoryAsync("y"));
        Assert.Equal([0], await session.HistoryAsync("z"));
        Assert.Equal([2, 1], await session.HistoryAsync("x", limit: 2));
        Assert.Empty(await session.HistoryAsync("x", limit: 0));
        Assert.Empty(await Store.ReadChainAsync(session.Key, 100, 5, default));
    }

    [Fact]
    public async Task What_was_appended_is_seen_at_once()
    {
        var session = new ScriptedSession(Store);
        for (var i = 1; i <= 200; i++)
        {
            await session.AppendAsync("x");
            Assert.Equal(i, (await session.ReadLogAsync(i - 1)).LastRevision);
            Assert.Equal(i, (await session.LoadAsync()).CommitsAfter[^1].LastRevision);
        }
    }

    private static IEnumerable<long> Ends(LogPage page) => page.Commits.Select(commit => commit.LastRevision);
}
