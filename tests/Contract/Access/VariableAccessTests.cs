using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Access;

/// <summary>Three of one session: alice may read `secret` and change it, team-1 may read it, bob may neither.</summary>
public sealed class VariableAccessTests : IAsyncLifetime
{
    private const string Lists = """{"read":["alice","team-*"],"write":["alice"]}""";

    private ClosedServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        const string Rights = "read write watch call_tools serve_tools";
        _server = await ClosedServer.StartAsync(new AccessFixture()
            .With("alice", Rights).With("bob", Rights).With("team-1", Rights).With("ops", $"{Rights} administer"));
        await As("alice").InitializeAsync();
        await As("alice").RegisterAsync("open", 1);
        var secret = As("alice").Registering("secret", Json.Integer(42));
        secret.AccessControlJson = Lists;
        await As("alice").RegisterAsync(secret);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Who_may_not_read_a_variable_has_no_such_variable()
    {
        await MissingAsync(As("bob").GetAsync("secret"));
        await MissingAsync(As("bob").HistoryAsync("secret"));
        await MissingAsync(As("bob").SetAsync("secret", 1));
        await MissingAsync(As("bob").DeleteAsync("secret"));
        await MissingAsync(As("bob").RollBackAsync("secret", 0));
        await MissingAsync(As("bob").DependAsync("open", "secret"));
        await MissingAsync(As("bob").StartOptimizationAsync("secret", "o"));
        await MissingAsync(As("bob").UpdateAsync(new() { VariableIdentifier = "secret", ConstraintsJson = "{}" }));
        await MissingAsync(As("bob").WatchAsync("secret"));
        Assert.Equal(["open"], await As("bob").ListAsync());
        Assert.Equal(["secret"], (await As("bob").GetManyAsync("open", "secret")).MissingVariables);
        Assert.Equal(["open"], (await As("bob").InitializeAsync()).InitialVariables.Keys);
        Assert.Equal(1, (await As("bob").DescribeAsync()).VariableCount);
        Assert.Equal(
            "Variable not found: secret",
            (await As("bob").SetManyAsync(As("bob").Batch(atomic: false, ("open", 2), ("secret", 2)))).Errors["secret"]);
        Assert.Equal("42", (await As("alice").GetAsync("secret")).Value.Text());
        Assert.Equal("42", (await As("team-1").GetAsync("secret")).Value.Text());
        Assert.Equal(["open", "secret"], await As("team-1").ListAsync());
        Assert.Equal(2, (await As("team-1").DescribeAsync()).VariableCount);
    }

    [Fact]
    public async Task A_name_that_is_taken_is_all_that_is_told_of_it() =>
        await As("bob").RegisterAsync("secret", 1).RefusedExactlyAsync(RpcCode.AlreadyExists, "Variable secret is already registered");

    [Fact]
    public async Task Who_may_read_and_not_write_is_told_so()
    {
        const string Words = "Variable secret may not be changed by team-1";
        await As("team-1").SetAsync("secret", 1).RefusedExactlyAsync(RpcCode.PermissionDenied, Words);
        await As("team-1").DeleteAsync("secret").RefusedExactlyAsync(RpcCode.PermissionDenied, Words);
        await As("team-1").RollBackAsync("secret", 0).RefusedExactlyAsync(RpcCode.PermissionDenied, Words);
        await As("team-1").StartOptimizationAsync("secret", "o").RefusedExactlyAsync(RpcCode.PermissionDenied, Words);
        Assert.Equal(Words, (await As("team-1").SetManyAsync(As("team-1").Batch(atomic: true, ("secret", 2)))).Errors["secret"]);
        await As("alice").SetAsync("secret", 43);
        Assert.Equal("43", (await As("team-1").GetAsync("secret")).Value.Text());
    }

    [Fact]
    public async Task A_watcher_sees_what_it_may_read_at_the_start_and_live()
    {
        using var his = await As("bob").WatchAsync(new WatchVariablesRequest { IncludeInitialValues = true });
        using var theirs = await As("team-1").WatchAsync(new WatchVariablesRequest { IncludeInitialValues = true });
        Assert.Equal(["open"], (await his.SnapshotAsync()).Initial.Select(update => update.Variable.Name));
        Assert.Equal(["open", "secret"], (await theirs.SnapshotAsync()).Initial.Select(update => update.Variable.Name));

        await As("alice").SetAsync("secret", 43);
        await As("alice").SetAsync("open", 2);
        Assert.Equal("open", (await his.NextAsync()).Variable.Name);
        Assert.Equal(["secret", "open"], (await theirs.TakeAsync(2)).Select(update => update.Variable.Name));
    }

    [Fact]
    public async Task A_replay_and_coalesced_changes_leave_out_what_may_not_be_read()
    {
        for (var i = 0; i < 3; i++)
        {
            await As("alice").SetAsync("secret", i);
            await As("alice").SetAsync("open", i);
        }

        using var replay = await As("bob").ResumeAsync(0);
        Assert.All(await replay.TakeAsync(4), update => Assert.Equal("open", update.Variable.Name));
        using var coalesced = await As("bob").WatchAsync(new WatchVariablesRequest { MinIntervalMs = 1 });
        await As("alice").SetAsync("secret", 9);
        await As("alice").SetAsync("open", 9);
        Assert.Equal("open", (await coalesced.NextAsync()).Variable.Name);
    }

    [Fact]
    public async Task A_stricter_list_hides_at_once_what_comes_and_with_the_next_watch_what_was()
    {
        using var live = await As("bob").WatchAsync();
        await As("ops").UpdateAsync(new() { VariableIdentifier = "open", AccessControlJson = """{"read":["alice"]}""" });
        await As("alice").SetAsync("open", 5);
        await As("alice").RegisterAsync("next", 1);
        Assert.Equal("next", (await live.NextAsync()).Variable.Name);

        using var replay = await As("bob").ResumeAsync(0);
        Assert.Equal("next", (await replay.NextAsync()).Variable.Name);
        await MissingAsync(As("bob").Watch(new WatchVariablesRequest { VariableIdentifiers = { "open" }, FromRevision = 0 }).StartedAsync(), "open");

        await As("ops").UpdateAsync(new() { VariableIdentifier = "open", AccessControlJson = "" });
        await As("alice").SetAsync("open", 6);
        Assert.Equal("constraint_change", (await live.NextAsync()).UpdateType);
        Assert.Equal("6", (await live.NextAsync("value_change")).Variable.Value.Text());
        Assert.Equal("constraint_change", (await replay.NextAsync()).UpdateType);
    }

    [Fact]
    public async Task A_list_that_was_relaxed_opens_what_comes_after_it_and_not_what_was()
    {
        await As("alice").SetAsync("secret", 43);
        await As("ops").UpdateAsync(new() { VariableIdentifier = "secret", AccessControlJson = "{}" });
        await As("alice").SetAsync("secret", 44);

        Assert.Equal(["44"], (await As("bob").HistoryAsync("secret")).Select(entry => entry.Value.Text()));
        Assert.Equal(["44", "43", "42"], (await As("alice").HistoryAsync("secret")).Select(entry => entry.Value.Text()));
        await As("bob").RollBackAsync("secret", 1).RefusedAsync(RpcCode.NotFound, "not found");
        Assert.Equal("44", (await As("bob").GetAsync("secret")).Value.Text());
    }

    [Fact]
    public async Task Who_may_not_change_all_variables_ends_no_session()
    {
        await As("bob").CleanUpAsync().RefusedAsync(RpcCode.PermissionDenied, "bob may not change all variables");
        Assert.Equal("42", (await As("alice").GetAsync("secret")).Value.Text());
        Assert.Equal(2, (await As("alice").CleanUpAsync()).ResourcesCleaned);
    }

    [Fact]
    public async Task A_variable_that_a_tool_needs_is_missing_for_who_may_not_read_it()
    {
        await using var host = await AttachedClient.StartAsync(_server.As("alice"));
        await host.OfferAsync("s", new ToolSpec { Name = "add", RequiredVariables = { "secret" } });
        await As("bob").ExecuteAsync("add").RefusedAsync(RpcCode.FailedPrecondition, "does not have: secret");
        var answer = As("team-1").ExecuteAsync("add");
        await host.AnswerAsync(await host.NextCallAsync(), "1");
        Assert.True((await answer).Success);
    }

    [Fact]
    public async Task Who_administers_stands_above_the_lists_and_alone_changes_them()
    {
        Assert.Equal("42", (await As("ops").GetAsync("secret")).Value.Text());
        await As("ops").SetAsync("secret", 50);
        await As("alice").UpdateAsync(new() { VariableIdentifier = "secret", AccessControlJson = "" }).RefusedExactlyAsync(
            RpcCode.PermissionDenied, "Variable secret: to change its access_control_json needs the right administer");
        await As("ops").UpdateAsync(new() { VariableIdentifier = "secret", AccessControlJson = "" });
        Assert.Equal("50", (await As("bob").GetAsync("secret")).Value.Text());
    }

    [Fact]
    public async Task What_is_read_only_is_changed_by_nobody_until_that_is_lifted()
    {
        await As("ops").UpdateAsync(new() { VariableIdentifier = "open", AccessControlJson = """{"read_only":true}""" });
        const string Words = "Variable open is read-only";
        await As("ops").SetAsync("open", 2).RefusedExactlyAsync(RpcCode.FailedPrecondition, Words);
        await As("ops").DeleteAsync("open").RefusedExactlyAsync(RpcCode.FailedPrecondition, Words);
        await As("ops").RollBackAsync("open", 0).RefusedExactlyAsync(RpcCode.FailedPrecondition, Words);
        await As("ops").UpdateAsync(new() { VariableIdentifier = "open", ConstraintsJson = """{"max":9}""", AccessControlJson = "" })
            .RefusedExactlyAsync(RpcCode.FailedPrecondition, Words);
        Assert.Equal(Words, (await As("ops").SetManyAsync(As("ops").Batch(atomic: false, ("open", 2)))).Errors["open"]);
        await As("ops").UpdateAsync(new() { VariableIdentifier = "open", AccessControlJson = "{}" });
        await As("bob").SetAsync("open", 2);
    }

    [Fact]
    public async Task A_request_id_of_another_does_not_answer_what_that_one_was_answered()
    {
        await As("alice").SetAsync("secret", 43);
        var hers = new RollbackVariableRequest { SessionId = "s", VariableIdentifier = "secret", TargetVersion = 0, RequestId = "r" };
        await As("alice").CallAsync<RollbackVariableResponse>("RollbackVariable", hers);
        await As("bob").CallAsync<RollbackVariableResponse>("RollbackVariable", hers)
            .RefusedAsync(RpcCode.InvalidArgument, "request_id r was used before with other content");
    }

    [Fact]
    public async Task Lists_outlive_a_restart()
    {
        await _server.Server.RestartAsync();
        await MissingAsync(As("bob").GetAsync("secret"));
        Assert.Equal("42", (await As("team-1").GetAsync("secret")).Value.Text());
    }

    [Theory]
    [InlineData("""{"reed":["alice"]}""", "unknown key 'reed', must be one of: read, write, read_only")]
    [InlineData("""{"read":"alice"}""", "read must be a list of names")]
    [InlineData("""{"write":[1]}""", "write must be a list of names")]
    [InlineData("""{"read_only":"yes"}""", "read_only must be true or false")]
    [InlineData("[]", "must be a JSON object")]
    [InlineData("{", "is not valid JSON")]
    public async Task A_text_of_another_form_is_refused(string json, string words)
    {
        var request = As("alice").Registering("z", Json.Integer(1));
        request.AccessControlJson = json;
        await As("alice").RegisterAsync(request).RefusedAsync(RpcCode.InvalidArgument, words);
        await As("ops").UpdateAsync(new() { VariableIdentifier = "open", AccessControlJson = json }).RefusedAsync(RpcCode.InvalidArgument, words);
    }

    private static Task MissingAsync(Task call, string name = "secret") => call.RefusedExactlyAsync(RpcCode.NotFound, $"Variable not found: {name}");

    private SessionClient As(string principal) => _server.As(principal).Session("s");
}
