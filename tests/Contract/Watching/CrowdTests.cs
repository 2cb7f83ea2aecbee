using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Watching;

public sealed class CrowdTests(SharedServer server)
{
    [Fact]
    public async Task A_thousand_watchers_of_one_variable_are_told_each_change_exactly_once()
    {
        const int Watchers = 1_000;
        const int Sets = 20;
        var session = server.NewSession();
        var start = (await session.RegisterAsync("x", 0)).Revision;
        var watches = await Task.WhenAll(Enumerable.Range(0, Watchers).Select(_ => session.WatchAsync("x")));
        Assert.Equal(Watchers, (await session.DescribeAsync()).WatcherCount);

        var reading = Task.WhenAll(watches.Select(async watch =>
        {
            for (var n = 1; n <= Sets; n++)
            {
                var update = await watch.NextAsync("value_change");
                Assert.Equal((start + n, $"{n}", $"{n - 1}"), (update.Revision, update.NewText(), update.OldValue.Text()));
            }
        }));
        for (var n = 1; n <= Sets; n++)
        {
            await session.SetAsync("x", n);
        }

        await reading;
        await session.CleanUpAsync();
        foreach (var watch in watches)
        {
            Assert.Empty((await watch.EndAsync()).Rest);
            watch.Dispose();
        }
    }
}
