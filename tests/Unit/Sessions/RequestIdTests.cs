using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Sessions.Commands;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Sessions;

public sealed class RequestIdTests
{
    public static TheoryData<string> Kinds => ["register", "set", "batch", "delete", "depend", "start", "stop", "rollback", "update"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_same_request_again_answers_as_the_first_time_and_applies_nothing(string kind)
    {
        var draft = Draft.With("x", "y");
        draft.Ok<IMessage>(Ask.Start("y"));
        var target = draft.Remember("x");
        draft.Ok<IMessage>(Ask.Set("x", "1"));
        draft.Commit();
        var first = draft.Ok<IMessage>(Request(kind), target);
        var revision = draft.Revision;
        Assert.Equal(first, draft.Ok<IMessage>(Request(kind), target));
        draft.Commit();
        Assert.Equal(first, draft.Ok<IMessage>(Request(kind)));
        Assert.Equal(revision, draft.Revision);
        Assert.True(draft.Present.IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_same_id_with_other_content_is_refused(string kind)
    {
        var draft = Draft.With("x", "y");
        draft.Ok<IMessage>(Ask.Set("y", "1", requestId: "r"));
        Assert.Equal("request_id r was used before with other content", draft.Refused(RefusalKind.Invalid, Request(kind)));
    }

    [Fact]
    public void The_order_of_a_maps_entries_does_not_matter()
    {
        var draft = Draft.With("x", "y");
        var there = Batch(("x", "1"), ("y", "2"));
        var back = Batch(("y", "2"), ("x", "1"));
        Assert.NotEqual(there.ToByteString(), back.ToByteString());
        var first = draft.Ok<BatchSetVariablesResponse>(there);
        Assert.Equal(first, draft.Ok<BatchSetVariablesResponse>(back));
        Assert.Equal(2, draft.Updates().Count);
    }

    [Fact]
    public void A_refusal_and_a_failed_batch_are_not_remembered()
    {
        var draft = Draft.With();
        draft.Refused(RefusalKind.NotFound, Ask.Set("x", "1", requestId: "r"));
        var batch = Batch(("x", "1"));
        Assert.False(draft.Ok<BatchSetVariablesResponse>(batch).Success);
        Assert.Empty(draft.Present.Requests);
        draft.Ok<IMessage>(Ask.Register("x"));
        Assert.True(draft.Ok<BatchSetVariablesResponse>(batch).Success);
    }

    [Fact]
    public void An_id_has_a_length_limit()
    {
        var draft = Draft.With("x");
        Assert.Equal("request_id has 257 bytes, the limit is 256", draft.Refused(RefusalKind.Invalid, Ask.Set("x", "1", requestId: new string('r', 257))));
    }

    [Fact]
    public void A_registration_answers_without_a_large_value_the_first_time_and_again()
    {
        var draft = Draft.With();
        var request = Ask.Register("x", $"\"{new string('a', VariableState.LargeValueBytes)}\"", "string", requestId: "r");
        var first = draft.Ok<EncodedRegisterVariableResponse>(request);
        var variable = Variable.Parser.ParseFrom(first.Variable);
        Assert.Equal(("var_x_1", "string", 0), (variable.Id, variable.Type, variable.Value.Value.Length));
        Assert.Equal(first, draft.Ok<EncodedRegisterVariableResponse>(request));
    }

    [Fact]
    public void A_large_value_is_not_remembered_with_a_rollback()
    {
        var draft = Draft.With();
        draft.Ok<EncodedRegisterVariableResponse>(Ask.Register("x", "\"a\"", "string"));
        var large = new Any { Value = ByteString.CopyFromUtf8($"\"{new string('a', VariableState.LargeValueBytes)}\"") };
        var target = new HistoricalValue("var_x_1", 0, Snakepit.Sessions.Values.Value.FromStored(large, ByteString.Empty));
        var request = new RollbackVariableRequest { SessionId = "s", VariableIdentifier = "x", RequestId = "r" };
        var outcomes = new[] { target, null }.Select(
            value => SessionCommands.Execute(draft.Present, new SessionCommand(request, value), "s").Value);
        Assert.Equal([true, false], outcomes.Select(reply => ((EncodedRollbackVariableResponse)reply!).Variable.Length > 0));
    }

    [Fact]
    public void The_newest_thousand_and_all_younger_than_ten_minutes_are_kept()
    {
        var start = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var memory = new RequestMemory();
        for (var i = 0; i < 1_200; i++)
        {
            memory.Add(new RequestRecord { RequestId = $"{i}", Time = Timestamp.FromDateTimeOffset(start.AddSeconds(i)) });
        }

        Assert.False(memory.TryForget(start.AddMinutes(10), out _));
        var forgotten = new List<string>();
        while (memory.TryForget(start.AddMinutes(10).AddSeconds(50), out var id))
        {
            forgotten.Add(id);
        }

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}"), forgotten);
        while (memory.TryForget(start.AddDays(1), out _))
        {
        }

        Assert.Equal(RequestMemory.Newest, memory.Count);
        Assert.Null(memory.Find("199"));
        Assert.NotNull(memory.Find("200"));
    }

    private static BatchSetVariablesRequest Batch(params (string, string)[] updates)
    {
        var request = Ask.SetAll(atomic: true, updates);
        request.RequestId = "batch";
        foreach (var (name, _) in updates)
        {
            request.Metadata.Add(name, "");
            request.ExpectedVersions.Add(name, 0);
        }

        return request;
    }

    private static IMessage Request(string kind) => kind switch
    {
        "register" => Ask.Register("new", requestId: "r"),
        "set" => Ask.Set("x", "9", requestId: "r"),
        "batch" => new BatchSetVariablesRequest(Ask.SetAll(atomic: true, ("x", "9"))) { RequestId = "r" },
        "delete" => Ask.Delete("x", requestId: "r"),
        "depend" => new AddDependencyRequest(Ask.Depend("x", "y")) { RequestId = "r" },
        "start" => new StartOptimizationRequest(Ask.Start("x")) { RequestId = "r" },
        "stop" => new StopOptimizationRequest(Ask.Stop("y")) { RequestId = "r" },
        "rollback" => Ask.RollBack("x", 0, requestId: "r"),
        _ => new Protocol.Administration.UpdateVariableRequest(Ask.Update("x", """{"min":0}""")) { RequestId = "r" },
    };
}
