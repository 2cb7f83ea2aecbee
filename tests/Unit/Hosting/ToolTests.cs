using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Protocol.Tools;
using Snakepit.Sessions;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Hosting;

/// <summary>Tools of a session with an owner and a store.</summary>
public sealed class ToolTests : HostTests
{
    [Fact]
    public async Task An_offer_is_answered_when_the_store_has_it_and_nobody_sees_its_tools_before()
    {
        await OkAsync(Ask.Initialize());
        var append = Store.StopBefore(StoreVerb.Append);
        var offer = CallAsync(Ask.Offer("w1", "add"));
        await append.Reached;
        Assert.False(offer.IsCompleted);
        Assert.Null((await OkAsync<FoundTool>(Ask.Find("add"))).Tool);
        append.Continue();
        Assert.True(((RegisterToolsResponse)(await offer).Value!).Success);
        Assert.Equal("w1", (await OkAsync<FoundTool>(Ask.Find("add"))).Tool.Hosts[0].Id);
    }

    [Fact]
    public async Task An_offer_of_what_is_known_is_not_stored_again()
    {
        await OkAsync(Ask.Initialize(), Ask.Offer("w1", "add"));
        await OkAsync(Ask.Offer("w1", "add"), Ask.Withdraw("w2"));
        Assert.Equal(2, Store.Calls(StoreVerb.Append));
    }

    [Fact]
    public async Task Tools_outlive_a_crash_and_a_session_that_leaves_memory()
    {
        await OkAsync(Ask.Initialize(), Ask.Offer("w1", "add", "sub"));
        Crash();
        Assert.Equal("add sub", await NamesAsync());
        await LeaveMemoryAsync();
        Assert.Equal(["add", "sub"], (await Store.LoadAsync(Key, default)).Tools!.Tools.Select(tool => tool.Spec.Name));
        await OkAsync(Ask.Withdraw("w1", "add"), Ask.Offer("w2", "mul"));
        Crash();
        Assert.Equal("sub mul", await NamesAsync());
        await OkAsync(Ask.Withdraw("w1"), Ask.Withdraw("w2"));
        await LeaveMemoryAsync();
        Assert.Equal("", await NamesAsync());
    }

    [Fact]
    public async Task A_checkpoint_that_came_before_the_newest_tools_does_not_bring_the_old_ones_back()
    {
        Policy = Policy with { CheckpointCommits = 2 };
        var checkpoint = Store.StopBefore(StoreVerb.Checkpoint);
        await OkAsync(Ask.Initialize(), Ask.Offer("w1", "add"));
        await checkpoint.Reached;
        await OkAsync(Ask.Withdraw("w1"), Ask.Offer("w1", "sub"));
        checkpoint.Continue();
        await LeaveMemoryAsync();
        Assert.Equal("sub", await NamesAsync());
    }

    [Fact]
    public async Task An_offer_that_could_not_be_stored_changed_nothing()
    {
        await OkAsync(Ask.Initialize());
        Store.FailBefore(StoreVerb.Append, outcomeUnknown: false);
        Assert.Contains("nothing was changed", await RefusedAsync(RefusalKind.Unavailable, Ask.Offer("w1", "add")));
        Assert.Equal("", await NamesAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_offer_whose_outcome_is_unknown_is_made_again(bool wasStored)
    {
        await OkAsync(Ask.Initialize());
        if (wasStored)
        {
            Store.FailAfter(StoreVerb.Append);
        }
        else
        {
            Store.FailBefore(StoreVerb.Append, outcomeUnknown: true);
        }

        Assert.Equal("s:add", (await OkAsync<RegisterToolsResponse>(Ask.Offer("w1", "add"))).ToolIds["add"]);
        Assert.Equal("w1", Assert.Single((await OkAsync<FoundTool>(Ask.Find("add"))).Tool.Hosts).Id);
        Assert.Equal(2, Store.Appended.Count);
    }

    [Fact]
    public async Task An_owner_that_another_has_passed_offers_on_what_is_stored()
    {
        await OkAsync(Ask.Initialize(), Ask.Offer("w1", "add"));
        Assert.False((await CallAsync(Ask.Offer("w2", "sub"), NewDirectory())).IsRefused);
        await OkAsync(Ask.Offer("w1", "mul"));
        Assert.Equal("add sub mul", await NamesAsync());
    }

    [Fact]
    public async Task Offers_that_wait_for_a_commit_go_together_as_one_that_has_them_all()
    {
        await OkAsync(Ask.Register("x"));
        var append = Store.StopBefore(StoreVerb.Append);
        var set = CallAsync(Ask.Set("x", "1"));
        await append.Reached;
        Task[] offers = [CallAsync(Ask.Offer("w1", "add")), CallAsync(Ask.Offer("w2", "add", "sub")), CallAsync(Ask.Offer("w2", "-"))];
        append.Continue();
        await Task.WhenAll([set, .. offers]);
        Assert.Equal("add sub", await NamesAsync());
        Assert.Equal(["add", "sub"], Store.Appended.Last().Record.Tools.Tools.Select(tool => tool.Spec.Name));
        Assert.Equal((3, 0), (Store.Appended.Count, Store.Appended.Last().Record.Changes.Count));
    }

    [Fact]
    public async Task A_call_learns_which_required_variables_the_session_does_not_have()
    {
        var spec = Ask.Tool("add");
        spec.RequiredVariables.Add(["y", "x", "z", "z"]);
        await OkAsync(Ask.Register("x"), Ask.Offer("w1", spec));
        Assert.Equal(["y", "z"], (await OkAsync<FoundTool>(Ask.Find("add"))).MissingVariables);
        var other = await OkAsync<FoundTool>(Ask.Find("sub"));
        Assert.Equal((null, 0), (other.Tool, other.MissingVariables.Count));
    }

    [Fact]
    public async Task Exposed_are_the_tools_of_attached_hosts()
    {
        var attached = Ask.Offer("node", "sub", "mul");
        attached.Host.Kind = ToolHost.Types.Kind.Attached;
        await OkAsync(Ask.Initialize(), Ask.Offer("w1", "add", "sub"), attached);
        var exposed = await OkAsync<GetExposedElixirToolsResponse>(new GetExposedElixirToolsRequest { SessionId = Ask.Session });
        Assert.Equal(["sub", "mul"], exposed.Tools.Select(tool => tool.Name));
    }

    [Fact]
    public async Task Tools_are_counted_shown_at_initialization_and_go_with_the_session()
    {
        await OkAsync(Ask.Register("x"), Ask.Offer("w1", "add", "sub"));
        Assert.Equal(2, (await OkAsync<GetSessionResponse>(Ask.Describe())).ToolCount);
        var initialized = await OkAsync<EncodedInitializeSessionResponse>(Ask.Initialize());
        Assert.Equal(["add", "sub"], initialized.AvailableTools.Keys.Order());
        Assert.Equal("add", initialized.AvailableTools["add"].Name);
        Assert.Equal(3, (await OkAsync<CleanupSessionResponse>(Ask.CleanUp())).ResourcesCleaned);
        Assert.Equal("Session not found: s", (await OkAsync<RegisterToolsResponse>(Ask.Offer("w1", "add"))).ErrorMessage);
        Assert.Equal((0, 0), (Sessions.ActiveCount, Store.Count));
        await OkAsync<IMessage>(Ask.Initialize());
        Assert.Equal("", await NamesAsync());
    }

    [Fact]
    public async Task Tools_of_many_bytes_make_a_checkpoint_due()
    {
        Policy = Policy with { CheckpointBytes = 1_000 };
        var checkpoint = Store.StopBefore(StoreVerb.Checkpoint);
        await OkAsync(Ask.Initialize(), Ask.Offer("w1", Ask.Tool("add", new string('x', 1_000))));
        await checkpoint.Reached;
        checkpoint.Continue();
    }

    private async Task<string> NamesAsync() => string.Join(
        ' ', (await OkAsync<ListToolsResponse>(new ListToolsRequest { SessionId = Ask.Session })).Tools.Select(tool => tool.Spec.Name));
}
