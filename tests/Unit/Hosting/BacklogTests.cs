using Google.Protobuf;
using Snakepit.Sessions;
using Snakepit.Storage.Hosting;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Hosting;

/// <summary>What waits for a store that is slower than its callers is bounded, and what was accepted is served.</summary>
public sealed class BacklogTests : HostTests
{
    // The first is being stored; it does not wait any more.
    private const int BeingStored = 1;

    [Fact]
    public async Task Of_20_000_calls_on_a_session_whose_store_stands_still_those_beyond_the_limit_are_refused_at_once()
    {
        await OkAsync(Ask.Register("x"));
        var answers = await OverloadAsync(calls: 20_000);
        var expected = HostPolicy.Default.MaxWaitingPerSession + BeingStored;
        Assert.Equal(20_000 - expected, answers.Count(answer => answer.IsRefused));
        Assert.All(answers.Where(answer => answer.IsRefused), answer =>
        {
            Assert.Equal(RefusalKind.Exhausted, answer.Refusal!.Kind);
            Assert.Equal("10000 commands wait for session s, which is the limit; nothing was changed", answer.Refusal.Message);
        });
        Assert.Equal($"{expected}", await ValueAsync("x"));
    }

    [Fact]
    public async Task The_limit_of_all_sessions_together_frees_what_was_answered()
    {
        Policy = Policy with { MaxWaitingCommands = 100 };
        await OkAsync(Ask.Register("x"));
        for (var round = 0; round < 3; round++)
        {
            var answers = await OverloadAsync(calls: 150);
            Assert.Equal(50, answers.Count(answer => answer.IsRefused));
            Assert.Contains(answers, answer => answer.Refusal?.Message == "100 commands wait for the store, which is the limit; nothing was changed");
        }
    }

    [Fact]
    public async Task Commands_count_by_their_bytes_and_one_is_always_let_in()
    {
        Policy = Policy with { MaxWaitingBytes = 1_000 };
        await OkAsync(Ask.Register("x", "\"\"", "string"));
        await OkAsync(Ask.Set("x", $"\"{new string('a', 5_000)}\"", "string"));
        var append = Store.StopBefore(StoreVerb.Append);
        var first = CallAsync(Ask.Set("x", $"\"{new string('b', 900)}\"", "string"));
        await append.Reached;
        var second = await CallAsync(Ask.Set("x", $"\"{new string('c', 900)}\"", "string"));
        Assert.Equal("the commands that wait for the store have 1000 bytes, which is the limit; nothing was changed", second.Refusal?.Message);

        // Reads wait for nothing, and are served.
        Assert.False((await CallAsync(Ask.Get("x"))).IsRefused);
        append.Continue();
        Assert.False((await first).IsRefused);
    }

    [Fact]
    public async Task Commands_that_fail_or_move_with_their_session_are_counted_out_too()
    {
        Policy = Policy with { MaxWaitingCommands = 5, ConfirmedFor = TimeSpan.FromSeconds(5) };
        await OkAsync(Ask.Register("x"));
        for (var round = 0; round < 10; round++)
        {
            Store.FailBefore(StoreVerb.Append, outcomeUnknown: round % 2 == 0);
            await CallAsync(Ask.Set("x", "1"));
        }

        for (var i = 0; i < 5; i++)
        {
            await OkAsync(Ask.Set("x", "2"));
        }
    }

    private async Task<Outcome<IMessage>[]> OverloadAsync(int calls)
    {
        var append = Store.StopBefore(StoreVerb.Append);
        var first = CallAsync(Ask.Set("x", "1"));
        await append.Reached;
        var rest = Enumerable.Range(2, calls - 1).Select(value => CallAsync(Ask.Set("x", $"{value}"))).ToList();
        append.Continue();
        return await Task.WhenAll([first, .. rest]);
    }
}
