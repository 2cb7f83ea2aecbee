using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Tests.Storage;

namespace Snakepit.Tests.Archive;

/// <summary>Stores full of sessions with a past, and whether two of them can be told apart.</summary>
internal static class ScriptedStore
{
    /// <summary>In the order of the bytes of their UTF-8.</summary>
    private static readonly SessionKey[] Keys =
        [new("", ""), new("", "a"), new("", "a\0b"), new("", "b"), new("", "\uFFEE"), new("", "\U00010000"), new("tenant", "a")];

    /// <summary>Sessions with all that can become of them, one before that has ended, and some that have expired.</summary>
    public static async Task FillAsync(ISessionStore store, int seed)
    {
        var random = new Random(seed);
        var ended = new ScriptedSession(store, "ended");
        await ended.AppendManyAsync("x", random.Next(1, 30));
        await store.DeleteAsync(ended.Key, ended.Number, ended.Revision);
        foreach (var key in Keys)
        {
            await PlayAsync(store, key, random, steps: random.Next(1, 50));
        }

        await store.TouchAsync([new SessionExpiry(Keys[1], ScriptedSession.Start.AddDays(-1))]);
    }

    /// <summary>Everything that can be asked of a store.</summary>
    public static async Task AssertAlikeAsync(ISessionStore expected, ISessionStore actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        var now = ScriptedSession.Start.AddYears(1);
        Assert.Equal(
            (await expected.ListExpiredAsync(now, 100, default)).ToHashSet(), (await actual.ListExpiredAsync(now, 100, default)).ToHashSet());
        Assert.Equal(await expected.ReadEndsAsync(Keys, default), await actual.ReadEndsAsync(Keys, default));
        foreach (var tenant in Keys.Select(key => key.Tenant).Distinct())
        {
            Assert.Equal(await expected.ListAsync(tenant, "", 100, default), await actual.ListAsync(tenant, "", 100, default));
            Assert.Equal(
                (await expected.LoadAsync(new(tenant, "none yet"), default)).Revision,
                (await actual.LoadAsync(new(tenant, "none yet"), default)).Revision);
        }

        foreach (var key in Keys)
        {
            await AssertAlikeAsync(expected, actual, key);
        }
    }

    private static async Task AssertAlikeAsync(ISessionStore expected, ISessionStore actual, SessionKey key)
    {
        Assert.Equal(Answers.Plain(await expected.LoadAsync(key, default)), Answers.Plain(await actual.LoadAsync(key, default)));
        var end = (await expected.ReadEndsAsync([key], default))[0]!.Revision;
        for (var revision = 0L; revision <= end; revision++)
        {
            var (page, same) = (await expected.ReadLogAsync(key, revision, int.MaxValue, default), await actual.ReadLogAsync(key, revision, int.MaxValue, default));
            Assert.Equal((page?.Floor, page?.LastRevision), (same?.Floor, same?.LastRevision));
            Assert.Equal(Answers.Plain(page?.Commits), Answers.Plain(same?.Commits));
            Assert.Equal(
                await expected.ReadChainAsync(key, revision, int.MaxValue, default), await actual.ReadChainAsync(key, revision, int.MaxValue, default));
        }
    }

    private static async Task PlayAsync(ISessionStore store, SessionKey key, Random random, int steps)
    {
        var session = new ScriptedSession(store, key, (await store.LoadAsync(key, default)).Revision);
        await session.AppendAsync("v0", "v1");
        for (var step = 0; step < steps; step++)
        {
            session.Time = ScriptedSession.Start.AddSeconds(step);
            switch (random.Next(13))
            {
                case < 6:
                    await session.AppendAsync([.. Enumerable.Range(0, random.Next(4)).Select(i => $"v{(random.Next(3) * 4) + i}")]);
                    break;
                case 6:
                    await session.AppendLargeAsync($"v{random.Next(12)}", ScriptedSession.Large(random.Next(8) == 0 ? 1_200_000 : 70_000, (byte)step));
                    break;
                case 7 when session.Variables.Values.Select(variable => variable.LargeValue).FirstOrDefault(large => large != 0) is var large and not 0:
                    await session.ReferAsync($"v{random.Next(12)}", large);
                    break;
                case 8 when session.Variables.Count > 0:
                    await session.DeleteVariableAsync(session.Variables.Keys.ElementAt(random.Next(session.Variables.Count)));
                    break;
                case 9 or 10:
                    await store.CheckpointAsync(key, session.Checkpoint() with { Requests = [Request(random)] });
                    break;
                case 12:
                    await session.AppendAsync(session.NextTools([.. Enumerable.Range(0, random.Next(3)).Select(i => $"t{i}")]));
                    break;
                case 11:
                    await session.TrimAsync(random.Next(20), random.Next(1, 5));
                    break;
            }
        }
    }

    private static RequestRecord Request(Random random) => new()
    {
        RequestId = $"request {random.Next(5)}\0",
        Time = ScriptedSession.Start.AddSeconds(random.Next(100)).ToTimestamp(),
        Reply = Any.Pack(new Duration { Seconds = random.Next() }),
    };
}
