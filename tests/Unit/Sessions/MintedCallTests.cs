using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Sessions;

public sealed class MintedCallTests
{
    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly RequestMemory _memory = new();

    [Fact]
    public void A_late_copy_in_the_same_commit_as_a_later_call_is_refused()
    {
        var draft = Draft.With("x");
        draft.Ok<IMessage>(Set(sequence: 3, settled: 3));
        Assert.Equal(
            "the call was answered before; this copy of it came late and had no effect",
            draft.Refused(RefusalKind.Unavailable, Set(sequence: 2, settled: 1)));
        draft.Ok<IMessage>(Set(sequence: 2, settled: 1, gateway: "two"));
    }

    [Fact]
    public void A_call_that_no_client_gave_an_id_is_not_refused_for_want_of_room_for_ids()
    {
        var draft = new Draft(new SessionLimits { MaxRememberedRequests = 1 });
        draft.Ok<IMessage>(Ask.Register("x"));
        draft.Ok<IMessage>(Ask.Set("x", "1", requestId: "of a client"));
        draft.Ok<IMessage>(Set(sequence: 1, settled: 1));
        draft.Commit();
        draft.Ok<IMessage>(Set(sequence: 2, settled: 1));
        draft.Refused(RefusalKind.Exhausted, Ask.Set("x", "1", requestId: "another"));
    }

    [Fact]
    public void Calls_that_no_client_gave_an_id_take_no_room_from_those_that_have_one()
    {
        var draft = new Draft(new SessionLimits { MaxRememberedRequests = 1 });
        draft.Ok<IMessage>(Ask.Register("x"));
        draft.Ok<IMessage>(Set(sequence: 1, settled: 1));
        draft.Ok<IMessage>(Set(sequence: 2, settled: 1));
        draft.Commit();
        draft.Ok<IMessage>(Set(sequence: 3, settled: 1));
        draft.Ok<IMessage>(Ask.Set("x", "1", requestId: "of a client"));
    }

    [Fact]
    public void A_limit_of_names_is_not_about_ids_that_no_client_chose()
    {
        var draft = new Draft(new SessionLimits { MaxNameBytes = 8 });
        draft.Ok<IMessage>(Ask.Register("x"));
        draft.Ok<IMessage>(Set(sequence: 1, settled: 1, gateway: "a gateway of a long name"));
        Assert.Equal(
            "request_id has 9 bytes, the limit is 8",
            draft.Refused(RefusalKind.Invalid, Ask.Set("x", "1", requestId: "nine more")));
    }

    [Fact]
    public void Ten_thousand_calls_of_a_gateway_leave_its_newest_in_memory()
    {
        for (var sequence = 1; sequence <= 10_000; sequence++)
        {
            _memory.Add(Request(sequence, settled: sequence));
            Forget(Start);
            Assert.Equal(1, _memory.Count);
        }
    }

    [Fact]
    public void What_a_gateway_has_not_called_answered_is_kept_whatever_the_order_of_its_coming()
    {
        foreach (var sequence in (int[])[5, 2, 4, 3, 6])
        {
            _memory.Add(Request(sequence, settled: 2));
        }

        Assert.Empty(Forget(Start));
        _memory.Add(Request(7, settled: 5));
        Assert.Equal([Id(2, settled: 2), Id(3, settled: 2), Id(4, settled: 2)], Forget(Start).Order(StringComparer.Ordinal));
        Assert.Equal(
            [true, false], ((int[])[4, 5]).Select(sequence => _memory.IsSettled(new MintedRequestId("one", sequence, 1))));
    }

    [Fact]
    public void A_gateway_that_is_heard_of_out_of_order_takes_nothing_back()
    {
        _memory.Add(Request(9, settled: 8));
        _memory.Add(Request(8, settled: 3));
        Assert.Empty(Forget(Start));
        _memory.Add(Request(7, settled: 2));
        Assert.Equal([Id(7, settled: 2)], Forget(Start));
        Assert.True(_memory.IsSettled(new MintedRequestId("one", 7, 2)));
    }

    [Fact]
    public void Only_a_gateway_silent_for_more_than_ten_minutes_is_let_go_of()
    {
        _memory.Add(Request(1, settled: 1));
        _memory.Add(Request(1, settled: 1, gateway: "two", time: Start + TimeSpan.FromSeconds(1)));
        Assert.Empty(Forget(Start + RequestMemory.Youngest));
        Assert.Equal([Id(1, settled: 1)], Forget(Start + RequestMemory.Youngest + TimeSpan.FromSeconds(1)));
        Assert.NotNull(_memory.Find(Id(1, settled: 1, gateway: "two")));
    }

    [Fact]
    public void Ids_of_clients_are_forgotten_by_their_own_rule_beside_those_of_gateways()
    {
        _memory.Add(Request(1, settled: 1));
        for (var i = 0; i <= RequestMemory.Newest; i++)
        {
            _memory.Add(new RequestRecord { RequestId = $"{i}", Time = Timestamp.FromDateTimeOffset(Start) });
        }

        Assert.Empty(Forget(Start));
        Assert.Equal(["0", Id(1, settled: 1)], Forget(Start + TimeSpan.FromMinutes(11)));
        Assert.Equal((RequestMemory.Newest, RequestMemory.Newest), (_memory.Count, _memory.CountOfClients));
    }

    private static string Id(long sequence, long settled, string gateway = "one") =>
        new MintedRequestId(gateway, sequence, settled).ToString();

    private static SetVariableRequest Set(long sequence, long settled, string gateway = "one") =>
        Ask.Set("x", $"{sequence}", requestId: Id(sequence, settled, gateway));

    private List<string> Forget(DateTimeOffset now)
    {
        var forgotten = new List<string>();
        while (_memory.TryForget(now, out var requestId))
        {
            forgotten.Add(requestId);
        }

        return forgotten;
    }

    private static RequestRecord Request(long sequence, long settled, string gateway = "one", DateTimeOffset? time = null) => new()
    {
        RequestId = Id(sequence, settled, gateway),
        Time = Timestamp.FromDateTimeOffset(time ?? Start),
    };
}
