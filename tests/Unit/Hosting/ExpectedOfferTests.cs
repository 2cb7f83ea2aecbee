using Snakepit.Protocol.Tools;
using Snakepit.Sessions;
using Snakepit.Storage.Hosting;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Hosting;

/// <summary>Whose tools they are that a worker offers under a name that only it knows.</summary>
public sealed class ExpectedOfferTests : HostTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private DateTimeOffset Later => Clock.GetUtcNow() + Minute;

    [Fact]
    public async Task An_offer_in_the_course_of_a_call_is_of_the_host_that_is_called()
    {
        await OkAsync(Ask.Initialize(), Ask.Expect("c1", "pool", Later), Ask.SelfNamed("python-1", "add"));
        Assert.Equal("add[pool]", await ToolsAsync());
        await OkAsync(Ask.Ended("c1"), Ask.SelfNamed("python-1", "sub"));
        Assert.Equal("add[pool] sub[python-1]", await ToolsAsync());
    }

    [Fact]
    public async Task A_host_that_is_known_by_its_name_keeps_it_whatever_is_called()
    {
        await OkAsync(Ask.Initialize(), Ask.Expect("c1", "pool", Later), Ask.Offer("announced", "add"));
        Assert.Equal("add[announced]", await ToolsAsync());
    }

    [Fact]
    public async Task Of_several_calls_those_of_an_offered_tool_count_and_else_all()
    {
        await OkAsync(
            Ask.Initialize(),
            Ask.Expect("c1", "w1", Later, "add"),
            Ask.Expect("c2", "w2", Later, "sub"),
            Ask.Expect("c3", "w3", Later, "add"),
            Ask.Expect("c4", "w1", Later, "add"));
        await OkAsync(Ask.SelfNamed("python-1", "sub", "mul"));
        Assert.Equal("sub[w2] mul[w2]", await ToolsAsync());
        await OkAsync(Ask.SelfNamed("python-2", "add"));
        Assert.Equal("sub[w2] mul[w2] add[w1,w3]", await ToolsAsync());
        await OkAsync(Ask.SelfNamed("python-3", "div"));
        Assert.Equal("sub[w2] mul[w2] add[w1,w3] div[w1,w2,w3]", await ToolsAsync());
    }

    [Fact]
    public async Task A_call_that_has_ended_while_the_offer_waited_for_its_turn_counts()
    {
        await OkAsync(Ask.Register("x"), Ask.Expect("c1", "pool", Later));
        var append = Store.StopBefore(StoreVerb.Append);
        var set = CallAsync(Ask.Set("x", "1"));
        await append.Reached;
        var offer = CallAsync(Ask.SelfNamed("python-1", "add"));
        await OkAsync(Ask.Ended("c1"));
        append.Continue();
        Assert.False((await set).IsRefused);
        Assert.False((await offer).IsRefused);
        Assert.Equal("add[pool]", await ToolsAsync());
    }

    [Fact]
    public async Task A_call_that_came_after_the_offer_does_not_count()
    {
        await OkAsync(Ask.Register("x"));
        var append = Store.StopBefore(StoreVerb.Append);
        var set = CallAsync(Ask.Set("x", "1"));
        await append.Reached;
        var offer = CallAsync(Ask.SelfNamed("python-1", "add"));
        await OkAsync(Ask.Expect("c1", "pool", Later));
        append.Continue();
        await Task.WhenAll(set, offer);
        Assert.Equal("add[python-1]", await ToolsAsync());
    }

    [Fact]
    public async Task A_call_is_forgotten_when_it_can_last_no_longer_though_nobody_says_so()
    {
        await OkAsync(Ask.Initialize(), Ask.Expect("c1", "pool", Later), Ask.Expect("c2", "longest", DateTimeOffset.MaxValue));
        Clock.Advance(Minute);
        await OkAsync(Ask.SelfNamed("python-1", "add"));
        Assert.Equal("add[longest]", await ToolsAsync());
        await OkAsync(Ask.Beat());
        Clock.Advance(ExpectedOffers.Longest - Minute);
        await OkAsync(Ask.SelfNamed("python-2", "sub"));
        Assert.Equal("add[longest] sub[python-2]", await ToolsAsync());
    }

    [Fact]
    public async Task A_session_stays_in_memory_while_a_call_is_in_flight_and_no_longer()
    {
        Policy = Policy with { IdleTime = TimeSpan.Zero };
        await OkAsync(Ask.Initialize(), Ask.Expect("c1", "pool", Later), Ask.Expect("c2", "pool", Later + Minute));
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.True(Sessions.IsActive(Key));
        await OkAsync(Ask.Ended("c2"));
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.True(Sessions.IsActive(Key));
        Clock.Advance(Minute);
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.False(Sessions.IsActive(Key));
    }

    [Fact]
    public async Task A_call_that_begins_while_the_session_is_about_to_leave_memory_keeps_it_there()
    {
        Policy = Policy with { IdleTime = TimeSpan.Zero };
        await OkAsync(Ask.Register("x"));
        var checkpoint = Store.StopBefore(StoreVerb.Checkpoint);
        var sweep = Sessions.SweepAsync(CancellationToken.None);
        await checkpoint.Reached;
        await OkAsync(Ask.Expect("c1", "pool", Later));
        checkpoint.Continue();
        await sweep;
        await OkAsync(Ask.SelfNamed("python-1", "add"));
        Assert.Equal("add[pool]", await ToolsAsync());
    }

    [Fact]
    public async Task A_call_in_flight_does_not_keep_what_memory_has_from_being_stored_when_the_process_ends()
    {
        await OkAsync(Ask.Initialize(), Ask.Offer("w1", "add"), Ask.Expect("c1", "pool", Later));
        await Sessions.DisposeAsync();
        var stored = await Store.LoadAsync(Key, default);
        Assert.Equal((0, "add"), (stored.CommitsAfter.Count, Assert.Single(stored.Tools!.Tools).Spec.Name));
    }

    [Fact]
    public async Task Of_more_calls_than_are_kept_the_oldest_are_forgotten()
    {
        await OkAsync(Ask.Initialize());
        await OkAsync(Ask.Expect("first", "w-first", Later, "add"), Ask.Expect("second", "w-second", Later, "add"));
        for (var i = 2; i < ExpectedOffers.MaxCalls; i++)
        {
            await OkAsync(Ask.Expect($"c{i}", "w", Later, "sub"));
        }

        await OkAsync(Ask.Expect("second", "w-second", Later, "add"), Ask.Expect("last", "w", Later, "sub"));
        await OkAsync(Ask.SelfNamed("python-1", "add"));
        Assert.Equal("add[w-second]", await ToolsAsync());
    }

    [Fact]
    public async Task A_call_for_a_session_that_is_not_there_leaves_nothing_behind()
    {
        Assert.Equal("Session not found: s", await RefusedAsync(RefusalKind.NotFound, Ask.Expect("c1", "pool", Later)));
        Assert.Equal("Session not found: s", await RefusedAsync(RefusalKind.NotFound, Ask.Ended("c1")));
        Assert.Equal(0, Sessions.ActiveCount);
    }

    [Fact]
    public async Task A_call_without_an_id_or_to_a_host_without_one_is_refused()
    {
        await OkAsync(Ask.Initialize());
        Assert.Equal("call_id must not be empty", await RefusedAsync(RefusalKind.Invalid, Ask.Expect("", "pool", Later)));
        Assert.Equal("host.id must not be empty", await RefusedAsync(RefusalKind.Invalid, Ask.Expect("c1", "", Later)));
    }

    private async Task<string> ToolsAsync() => string.Join(
        ' ',
        (await OkAsync<ListToolsResponse>(new ListToolsRequest { SessionId = Ask.Session })).Tools
            .Select(tool => $"{tool.Spec.Name}[{string.Join(',', tool.Hosts.Select(host => host.Id))}]"));
}
