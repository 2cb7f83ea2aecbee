using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Protocol.Tools;
using Snakepit.Sessions;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Sessions;

/// <summary>Which tools a session has after offers and withdrawals, and who serves them.</summary>
public sealed class ToolOfferTests
{
    private readonly Draft _draft = Draft.With("x");

    [Fact]
    public void An_offer_is_answered_with_the_ids_and_is_a_commit_without_a_change()
    {
        var reply = _draft.Ok<RegisterToolsResponse>(Ask.Offer("w1", "add", "sub"));
        Assert.Equal((true, "s:add", "s:sub", 2), (reply.Success, reply.ToolIds["add"], reply.ToolIds["sub"], reply.ToolIds.Count));
        Assert.Equal((1, 0, false), (_draft.Revision, _draft.Present.Changes.Count, _draft.Present.IsEmpty));
        Assert.Equal("add[w1] sub[w1]", Tools());
        _draft.Commit();
        Assert.Equal("add[w1] sub[w1]", Tools());
        Assert.Equal(1, _draft.State!.Revision);
    }

    [Fact]
    public void The_commit_holds_all_tools_but_only_where_it_changed_one()
    {
        _draft.Ok<IMessage>(Ask.Offer("w1", "add"));
        _draft.Commit();
        _draft.Ok<IMessage>(Ask.Set("x", "1"));
        Assert.Null(_draft.Present.ToRecord().Tools);
        _draft.Ok<IMessage>(Ask.Offer("w1", "sub"));
        Assert.Equal(["add", "sub"], _draft.Present.ToRecord().Tools.Tools.Select(tool => tool.Spec.Name));
    }

    [Fact]
    public void The_same_offer_again_succeeds_and_stores_nothing()
    {
        var spec = Spec("""{"default": 1}""");
        spec.Metadata.Add(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" });
        _draft.Ok<IMessage>(Ask.Offer("w1", spec));
        _draft.Commit();
        var again = spec.Clone();
        again.Metadata.Clear();
        again.Metadata.Add(new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" });
        Assert.Equal("s:add", _draft.Ok<RegisterToolsResponse>(Ask.Offer("w1", again)).ToolIds["add"]);
        Assert.True(_draft.Present.IsEmpty);
        Assert.True(_draft.Ok<RegisterToolsResponse>(Ask.Offer("w1", names: [])).Success);
        Assert.True(_draft.Present.IsEmpty);
    }

    [Fact]
    public void Another_specification_takes_the_place_of_the_first_whoever_brings_it()
    {
        _draft.Ok<IMessage>(Ask.Offer("w1", Ask.Tool("add", "one"), Ask.Tool("sub")));
        _draft.Commit();
        _draft.Ok<IMessage>(Ask.Offer("w1", Ask.Tool("add", "two")));
        Assert.Equal(("two", "add[w1] sub[w1]"), (Find("add").Spec.Description, Tools()));
        _draft.Ok<IMessage>(Ask.Offer("w2", Ask.Tool("add", "three")));
        Assert.Equal(("three", "add[w1,w2] sub[w1]"), (Find("add").Spec.Description, Tools()));
    }

    [Fact]
    public void A_second_host_of_the_same_tool_is_added_once()
    {
        _draft.Ok<IMessage>(Ask.Offer("w1", "add"));
        _draft.Ok<IMessage>(Ask.Offer("w2", "add"));
        _draft.Commit();
        _draft.Ok<IMessage>(Ask.Offer("w1", "add"));
        Assert.True(_draft.Present.IsEmpty);
        Assert.Equal("add[w1,w2]", Tools());
    }

    [Fact]
    public void A_host_that_is_of_another_kind_now_is_not_there_twice()
    {
        _draft.Ok<IMessage>(Ask.Offer("h", "add"));
        var attached = Ask.Offer("h", "add");
        attached.Host.Kind = ToolHost.Types.Kind.Attached;
        _draft.Ok<IMessage>(attached);
        Assert.Equal(ToolHost.Types.Kind.Attached, Assert.Single(Find("add").Hosts).Kind);
    }

    [Fact]
    public void A_withdrawal_takes_the_host_from_its_tools_and_tools_without_a_host_go()
    {
        _draft.Ok<IMessage>(Ask.Offer("w1", "add", "sub", "mul"));
        _draft.Ok<IMessage>(Ask.Offer("w2", "sub", "div"));
        Assert.Equal(1, _draft.Ok<ToolsWithdrawn>(Ask.Withdraw("w1", "mul", "div", "none")).Withdrawn);
        Assert.Equal("add[w1] sub[w1,w2] div[w2]", Tools());
        Assert.Equal(2, _draft.Ok<ToolsWithdrawn>(Ask.Withdraw("w1")).Withdrawn);
        Assert.Equal("sub[w2] div[w2]", Tools());
        _draft.Commit();
        Assert.Equal(0, _draft.Ok<ToolsWithdrawn>(Ask.Withdraw("w1")).Withdrawn);
        Assert.True(_draft.Present.IsEmpty);
        Assert.Equal(2, _draft.Ok<ToolsWithdrawn>(Ask.Withdraw("w2")).Withdrawn);
        Assert.Empty(_draft.Present.ToRecord().Tools.Tools);
        Assert.Contains("host_id must not be empty", _draft.Refused(RefusalKind.Invalid, Ask.Withdraw("")));
    }

    [Fact]
    public void A_session_that_does_not_exist_is_told_in_the_reply_of_an_offer()
    {
        var draft = new Draft();
        var reply = draft.Ok<RegisterToolsResponse>(Ask.Offer("w1", "add"));
        Assert.Equal((false, "Session not found: s", 0), (reply.Success, reply.ErrorMessage, reply.ToolIds.Count));
        Assert.True(draft.Present.IsEmpty);
        Assert.Equal("Session not found: s", draft.Refused(RefusalKind.NotFound, Ask.Withdraw("w1")));
    }

    [Theory]
    [InlineData("", "tool name must not be empty")]
    [InlineData("_add", "tool name '_add' must consist of")]
    [InlineData(".", "tool name '.' must consist of")]
    [InlineData("a b", "tool name 'a b' must consist of")]
    [InlineData("addé", "tool name 'addé' must consist of")]
    [InlineData("a\n", "begin with a letter or a digit")]
    [InlineData("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "has 65 bytes, the limit is 64")]
    public void A_bad_name_is_refused_with_all_that_came_with_it(string name, string words)
    {
        Assert.Contains(words, _draft.Refused(RefusalKind.Invalid, Ask.Offer("w1", "good", name)));
        Assert.Equal("", Tools());
    }

    [Fact]
    public void Names_may_have_64_bytes_of_letters_digits_and_three_signs()
    {
        var longest = new string('a', 64);
        _draft.Ok<IMessage>(Ask.Offer("w1", longest, "0", "A-z_0.9"));
        Assert.Equal($"{longest}[w1] 0[w1] A-z_0.9[w1]", Tools());
    }

    [Fact]
    public void One_name_twice_in_an_offer_and_a_host_without_an_id_are_refused()
    {
        Assert.Equal("Tool add is offered twice in one request", _draft.Refused(RefusalKind.Invalid, Ask.Offer("w1", "add", "add")));
        Assert.Equal("host.id must not be empty", _draft.Refused(RefusalKind.Invalid, Ask.Offer("", "add")));
        Assert.Equal("host.id must not be empty", _draft.Refused(RefusalKind.Invalid, new OfferTools { SessionId = "s" }));
    }

    // What public Python workers send, and what they may.
    [Theory]
    [InlineData("any", "")]
    [InlineData("", """{"anything": [1, {"at": "all"}]}""")]
    [InlineData("int", """{"default": 10}""")]
    [InlineData("float", """{"default": Infinity}""")]
    [InlineData("str", """{"default": "NaN"}""")]
    [InlineData("optional[int]", """{"default": null, "min": "not ours to judge"}""")]
    [InlineData("integer", """{"default": 5, "min": 1, "max": 10}""")]
    [InlineData("ndarray", "{}")]
    public void A_parameter_of_any_type_may_say_of_itself(string type, string validation) =>
        _draft.Ok<IMessage>(Ask.Offer("w1", Spec(validation, type)));

    [Theory]
    [InlineData("any", "[]", "validation_json is not a JSON object")]
    [InlineData("any", "{", "validation_json is not a JSON object")]
    [InlineData("int", """{"min": "one"}""", "Invalid constraints: ")]
    [InlineData("int", """{"default": 1, "min": 3, "max": 2}""", "Invalid constraints: ")]
    [InlineData("str", """{"pattern": "("}""", "Invalid constraints: ")]
    [InlineData("choice", """{"choices": "a"}""", "Invalid constraints: ")]
    [InlineData("dict", """{"max_size": -1}""", "Invalid constraints: ")]
    [InlineData("int", """{"\ud800": 1}""", "lone surrogate")]
    public void What_it_says_must_be_an_object_and_its_constraints_sound(string type, string validation, string words)
    {
        var message = _draft.Refused(RefusalKind.Invalid, Ask.Offer("w1", Spec(validation, type)));
        Assert.StartsWith("Tool add: parameter p: ", message);
        Assert.Contains(words, message);
    }

    [Fact]
    public void Parameters_have_names_of_their_own()
    {
        var spec = Ask.Tool("add");
        spec.Parameters.Add([new ParameterSpec { Name = "a" }, new ParameterSpec { Name = "a" }]);
        Assert.Equal("Tool add has two parameters named a", _draft.Refused(RefusalKind.Invalid, Ask.Offer("w1", spec)));
        spec.Parameters[1].Name = "";
        Assert.Equal("Tool add: a parameter's name must not be empty", _draft.Refused(RefusalKind.Invalid, Ask.Offer("w1", spec)));
    }

    [Fact]
    public void Each_limit_is_named_with_its_value()
    {
        var draft = new Draft(SessionLimits.Default with { MaxTools = 2, MaxToolBytes = 200, MaxHostsPerTool = 2 });
        draft.Ok<IMessage>(Ask.Initialize());
        draft.Ok<IMessage>(Ask.Offer("w1", "a", "b"));
        Assert.Equal("the session would have 3 tools, the limit is 2", draft.Refused(RefusalKind.Exhausted, Ask.Offer("w1", "b", "c")));
        draft.Ok<IMessage>(Ask.Offer("w2", "a"));
        Assert.Equal("tool a would have 3 hosts, the limit is 2", draft.Refused(RefusalKind.Exhausted, Ask.Offer("w3", "a")));
        Assert.Matches(
            "^the session's tools would have [23][0-9]{2} bytes, the limit is 200$",
            draft.Refused(RefusalKind.Exhausted, Ask.Offer("w1", Ask.Tool("a", new string('x', 190)))));
        Assert.Equal("a[w1,w2] b[w1]", Tools(draft));
        draft.Ok<IMessage>(Ask.Offer("w2", "a"));
        Assert.Equal(
            "Tool add: parameter p: validation_json has 70012 bytes, the limit is 65536",
            draft.Refused(RefusalKind.Exhausted, Ask.Offer("w1", Spec($$"""{"default":"{{new string('x', 69_998)}}"}"""))));
    }

    private static ToolSpec Spec(string validation, string type = "any")
    {
        var spec = Ask.Tool("add");
        spec.Parameters.Add(new ParameterSpec { Name = "p", Type = type, ValidationJson = validation });
        return spec;
    }

    private HostedTool Find(string name) => _draft.Present.Tools.Find(name)!;

    private string Tools() => Tools(_draft);

    private static string Tools(Draft draft) => string.Join(
        ' ', draft.Present.Tools.Set.Tools.Select(tool => $"{tool.Spec.Name}[{string.Join(',', tool.Hosts.Select(host => host.Id))}]"));
}
