using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Storage.Hosting;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Hosting;

/// <summary>A caller may know of a revision before the session's host does: the log has a commit before it is shown.</summary>
public sealed class KnownRevisionTests : HostTests
{
    private static readonly TimeSpan ConfirmedFor = TimeSpan.FromSeconds(5);

    public static TheoryData<bool, bool> Callers => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    private int Asked => Store.Calls(StoreVerb.ReadEnds);

    [Theory, MemberData(nameof(Callers))]
    public async Task A_commit_that_is_stored_and_not_yet_shown_is_waited_for(bool hasOwners, bool watches)
    {
        Policy = new HostPolicy { ConfirmedFor = hasOwners ? ConfirmedFor : null };
        await OkAsync(Ask.Register("x"));
        var append = Store.StopAfter(StoreVerb.Append);
        var set = CallAsync(Ask.Set("x", "1"));
        await append.Reached;
        Assert.Equal(2, (await Store.ReadLogAsync(Key, 1, int.MaxValue, CancellationToken.None))!.LastRevision);

        var knowing = CallAsync(watches ? WatchFrom(2) : GetAt(2));

        await GoOnAsync(knowing);
        Assert.False(knowing.IsCompleted);
        Assert.False(Sessions.TryAnswer(Key, GetAt(2), Requester.Unrestricted, out _));
        append.Continue();
        Assert.False((await set).IsRefused);
        AssertKnows(await knowing);
        Assert.Equal(!hasOwners, Sessions.TryAnswer(Key, GetAt(2), Requester.Unrestricted, out _));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task What_another_owner_wrote_is_asked_of_it(bool watches)
    {
        Policy = new HostPolicy { ConfirmedFor = ConfirmedFor };
        await OkAsync(Ask.Register("x"));
        await CallAsync(Ask.Set("x", "1"), Other);
        Assert.Equal(0, Asked);
        IMessage request = watches ? WatchFrom(2) : GetAt(2);
        Assert.Same(SessionHost.Moved, (await CallAsync(request)).Refusal);
        AssertKnows(await CallAsync(request));
    }

    [Theory, InlineData(false, 0), InlineData(true, 2)]
    public async Task A_revision_that_nobody_gave_out_is_said_to_be_none(bool hasOwners, int asked)
    {
        Policy = new HostPolicy { ConfirmedFor = hasOwners ? ConfirmedFor : null };
        await OkAsync(Ask.Register("x"), GetAt(1), WatchFrom(1));
        Assert.Equal(0, Asked);
        await RefusedAsync(RefusalKind.Precondition, GetAt(2));
        Assert.True((await OkAsync<WatchStart>(WatchFrom(2))).Resync);
        Assert.Equal(asked, Asked);
    }

    [Fact]
    public async Task A_question_older_than_what_the_reader_knows_does_not_answer_it()
    {
        Policy = new HostPolicy { ConfirmedFor = ConfirmedFor };
        await OkAsync(Ask.Register("x"));
        Clock.Advance(ConfirmedFor + TimeSpan.FromSeconds(1));
        var ends = Store.StopAfter(StoreVerb.ReadEnds);
        var earlier = ValueAsync("x");
        await ends.Reached;
        await CallAsync(Ask.Set("x", "1"), Other);
        var later = CallAsync(GetAt(2));
        ends.Continue();
        Assert.Equal("0", await earlier);
        Assert.Same(SessionHost.Moved, (await later).Refusal);
    }

    private static void AssertKnows(Outcome<IMessage> outcome)
    {
        Assert.False(outcome.IsRefused, outcome.Refusal?.Message);
        if (outcome.Value is WatchStart start)
        {
            Assert.Equal((false, 2), (start.Resync, start.Revision));
        }
        else
        {
            Assert.Equal("1", GetVariableResponse.Parser.ParseFrom(outcome.Value!.ToByteArray()).Variable.Value.Value.ToStringUtf8());
        }
    }

    private static GetVariableRequest GetAt(long revision)
    {
        var get = Ask.Get("x");
        get.AtLeastRevision = revision;
        return get;
    }

    private static WatchVariablesRequest WatchFrom(long revision)
    {
        var watch = Ask.Watch();
        watch.FromRevision = revision;
        return watch;
    }
}
