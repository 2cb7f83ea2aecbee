using System.Diagnostics;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Sessions;

/// <summary>Sessions end after disuse. The list of sessions uses none of them: it tells when one has ended.</summary>
public sealed class ExpiryTests(SharedServer server)
{
    [Fact]
    public async Task A_session_ends_after_its_ttl_and_never_before()
    {
        var session = server.NewSession();
        await session.InitializeAsync(ttlSeconds: 4);
        await session.RegisterAsync("x");
        var unused = Stopwatch.StartNew();
        await session.GetAsync("x");

        await UntilGoneAsync(session);

        Assert.True(unused.Elapsed > TimeSpan.FromSeconds(3.9), $"ended after {unused.Elapsed}");
        await session.GetAsync("x").RefusedExactlyAsync(RpcCode.NotFound, $"Session not found: {session.Id}");
        Assert.Equal(0, (await session.CleanUpAsync()).ResourcesCleaned);
    }

    [Fact]
    public async Task Use_and_watches_keep_a_session_alive()
    {
        var unused = server.NewSession();
        var beaten = server.NewSession();
        var read = server.NewSession();
        var watched = server.NewSession();
        await unused.InitializeAsync(ttlSeconds: 13);
        foreach (var session in new[] { beaten, read, watched })
        {
            await session.InitializeAsync(ttlSeconds: 6);
            await session.RegisterAsync("x");
        }

        using var watch = await watched.WatchAsync();

        // The unused session's end is the clock: the others' time has passed more than twice by then.
        await Eventually.TrueAsync(
            async () =>
            {
                await Task.WhenAll(beaten.HeartbeatAsync(), read.GetAsync("x"));
                return !await IsListedAsync(unused);
            },
            "the unused session has ended");

        Assert.True(await beaten.HeartbeatAsync());
        Assert.Equal("0", (await read.GetAsync("x")).Text());
        await watched.SetAsync("x", 1);
        Assert.Equal("1", (await watch.NextAsync("value_change")).NewText());
    }

    [Fact]
    public async Task A_session_made_again_after_its_expiry_begins_above_its_revisions()
    {
        var session = server.NewSession();
        await session.InitializeAsync(ttlSeconds: 4);
        await session.RegisterAsync("x");
        var highest = (await session.SetAsync("x", 1)).Revision;
        await UntilGoneAsync(session);

        var again = await session.RegisterAsync("x", 7);

        Assert.False(again.AlreadyRegistered);
        Assert.True(again.Revision > highest);
        Assert.Equal("7", (await session.GetAsync("x")).Text());
    }

    private Task UntilGoneAsync(SessionClient session) =>
        Eventually.TrueAsync(async () => !await IsListedAsync(session), "the session has ended");

    private async Task<bool> IsListedAsync(SessionClient session)
    {
        var listed = await server.Client.CallAsync<ListSessionsResponse>(
            BridgeClient.SessionsService, "ListSessions", new ListSessionsRequest { Pattern = session.Id });
        return listed.Sessions.Count > 0;
    }
}
