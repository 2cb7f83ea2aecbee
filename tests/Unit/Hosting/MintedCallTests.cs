using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Storage.Hosting;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Hosting;

/// <summary>Calls whose ids a gateway minted, as its own retries and late copies of them arrive.</summary>
public sealed class MintedCallTests : HostTests
{
    private const string Late = "the call was answered before; this copy of it came late and had no effect";

    public static TheoryData<bool, bool> Interludes => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory]
    [MemberData(nameof(Interludes))]
    public async Task A_call_sent_again_answers_as_the_first_time_and_applies_nothing(bool checkpoint, bool crash)
    {
        await OkAsync(Ask.Register("x"));
        var first = await OkAsync<SetVariableResponse>(Set(1, settled: 1));
        await ComeAndGoAsync(checkpoint, crash);
        Assert.Equal(first, await OkAsync<SetVariableResponse>(Set(1, settled: 1)));
        Assert.Equal(2, Store.Appended.Count);
    }

    [Theory]
    [MemberData(nameof(Interludes))]
    public async Task Calls_that_are_not_settled_are_all_answered_again(bool checkpoint, bool crash)
    {
        await OkAsync(Ask.Register("x"), Set(1, settled: 1), Set(2, settled: 1), Set(3, settled: 1));
        await ComeAndGoAsync(checkpoint, crash);
        Assert.Equal(2, (await OkAsync<SetVariableResponse>(Set(2, settled: 1))).NewVersion);
        Assert.Equal("3", await ValueAsync("x"));
    }

    [Theory]
    [MemberData(nameof(Interludes))]
    public async Task A_late_copy_of_a_settled_call_is_refused_and_has_no_effect(bool checkpoint, bool crash)
    {
        await OkAsync(Ask.Register("x"), Set(1, settled: 1), Set(2, settled: 2), Set(3, settled: 3));
        await ComeAndGoAsync(checkpoint, crash);
        Assert.Equal(Late, await RefusedAsync(RefusalKind.Unavailable, Set(1, settled: 1)));
        Assert.Equal(Late, await RefusedAsync(RefusalKind.Unavailable, Set(2, settled: 2)));
        Assert.Equal("3", await ValueAsync("x"));
        Assert.Equal(4, Store.Appended.Count);
    }

    [Theory]
    [MemberData(nameof(Interludes))]
    public async Task A_call_that_never_arrived_and_was_given_up_has_no_effect_when_it_comes_late(bool checkpoint, bool crash)
    {
        await OkAsync(Ask.Register("x"), Set(2, settled: 2));
        await ComeAndGoAsync(checkpoint, crash);
        Assert.Equal(Late, await RefusedAsync(RefusalKind.Unavailable, Set(1, settled: 1)));
        Assert.Equal("2", await ValueAsync("x"));
    }

    [Fact]
    public async Task A_late_copy_that_goes_into_one_commit_with_a_later_call_has_no_effect()
    {
        await OkAsync(Ask.Register("x"));
        var append = Store.StopBefore(StoreVerb.Append);
        var running = CallAsync(Set(1, settled: 1));
        await append.Reached;
        var (later, late) = (CallAsync(Set(3, settled: 3)), CallAsync(Set(2, settled: 1)));
        append.Continue();
        Assert.All([await running, await later], reply => Assert.False(reply.IsRefused));
        Assert.Equal(Late, (await late).Refusal!.Message);
        Assert.Equal("3", await ValueAsync("x"));
    }

    [Fact]
    public async Task Ten_thousand_calls_leave_few_of_them_in_the_store()
    {
        Policy = new HostPolicy { CheckpointCommits = 100 };
        await OkAsync(Ask.Register("x"));
        for (var i = 1; i <= 10_000; i++)
        {
            await OkAsync(Set(i, settled: i));
            if (i % 1_000 == 0)
            {
                await LeaveMemoryAsync();
                Assert.InRange((await Store.LoadAsync(Key, default)).Requests.Count, 1, 2);
            }
        }

        Assert.Equal(Late, await RefusedAsync(RefusalKind.Unavailable, Set(9_999, settled: 9_999)));
        Assert.Equal(10_000, (await OkAsync<SetVariableResponse>(Set(10_000, settled: 10_000))).NewVersion);
    }

    [Fact]
    public async Task What_one_gateway_says_settles_nothing_of_another()
    {
        await OkAsync(Ask.Register("x"), Set(1, settled: 1), Set(1, settled: 1, "two"), Set(9, settled: 9, "two"));
        Assert.Equal(1, (await OkAsync<SetVariableResponse>(Set(1, settled: 1))).NewVersion);
        Assert.Equal(4, (await OkAsync<SetVariableResponse>(Set(2, settled: 2))).NewVersion);
        Assert.Equal(Late, await RefusedAsync(RefusalKind.Unavailable, Set(1, settled: 1, "two")));
        Assert.Equal(3, (await OkAsync<SetVariableResponse>(Set(9, settled: 9, "two"))).NewVersion);
    }

    [Fact]
    public async Task A_gateway_silent_for_ten_minutes_leaves_nothing_in_the_store()
    {
        await OkAsync(Ask.Register("x"), Set(1, settled: 1), Set(2, settled: 1));
        await LeaveMemoryAsync();
        Clock.Advance(RequestMemory.Youngest + TimeSpan.FromSeconds(1));
        await OkAsync(Set(1, settled: 1, "two"));
        await LeaveMemoryAsync();
        Assert.Equal(
            new MintedRequestId("two", 1, 1).ToString(), Assert.Single((await Store.LoadAsync(Key, default)).Requests).RequestId);
    }

    [Fact]
    public async Task A_refused_call_is_judged_anew_when_it_is_sent_again()
    {
        await OkAsync(Ask.Register("x"));
        var set = Ask.Set("y", "1", requestId: new MintedRequestId("one", 1, 1).ToString());
        await RefusedAsync(RefusalKind.NotFound, set);
        await OkAsync(Ask.Register("y"));
        await OkAsync(set);
    }

    private static SetVariableRequest Set(long sequence, long settled, string gateway = "one") =>
        Ask.Set("x", $"{sequence}", requestId: new MintedRequestId(gateway, sequence, settled).ToString());

    private async Task ComeAndGoAsync(bool checkpoint, bool crash)
    {
        if (checkpoint)
        {
            await LeaveMemoryAsync();
        }

        if (crash)
        {
            Crash();
        }
    }
}
