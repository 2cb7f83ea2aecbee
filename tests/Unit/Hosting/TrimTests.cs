using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Hosting;

/// <summary>When a host has its log trimmed, and by what.</summary>
public sealed class TrimTests : HostTests
{
    private const int Changes = 10;

    // A value up to 64 KiB is in the log once as the new one and once as the old; a larger one is there once, apart.
    private const int Inline = 10_000;
    private const int Large = 100_000;

    public TrimTests() => Keep(2 * Inline);

    public static TheoryData<int, LifeEnd> Lives { get; } = new MatrixTheoryData<int, LifeEnd>([Inline, Large], Enum.GetValues<LifeEnd>());

    public enum LifeEnd
    {
        Crash,
        Disuse,
        Drain,
        Stop,
    }

    private long Kept => Policy.ReplayableBytes;

    private long Newest => Store.Appended.Last().LastRevision;

    [Fact]
    public async Task A_log_of_too_many_bytes_is_trimmed_while_its_session_is_in_use()
    {
        await BeginAsync();
        await SetUntilTrimmedAsync();
        while (!(await OkAsync<WatchStart>(Ask.Watch(fromRevision: 1))).Resync)
        {
            await Task.Yield();
        }

        var extent = await TidyAsync();
        Assert.InRange(extent.Bytes, Kept / 2, Kept * 5 / 4);
        Assert.InRange(extent.After, 1, Newest - 1);
        Assert.Equal(extent.After, (await Store.LoadAsync(Key, default)).Floor);
        Assert.True((await OkAsync<WatchStart>(Ask.Watch(fromRevision: extent.After - 1))).Resync);
        Assert.False((await OkAsync<WatchStart>(Ask.Watch(fromRevision: extent.After))).Resync);
    }

    [Theory]
    [MemberData(nameof(Lives))]
    public async Task Short_lives_do_not_let_a_log_grow_and_do_not_each_measure_it(int length, LifeEnd end)
    {
        const int Many = 60;
        Keep(length == Inline ? 2 * Inline : Large);
        await BeginAsync();
        for (var life = 1; life <= Many; life++)
        {
            await OkAsync(SetText(life, length));
            await EndLifeAsync(end);
        }

        // What a trim did is known after a crash only if a checkpoint came after it.
        Assert.InRange(Store.Calls(StoreVerb.MeasureLog), Many / 2 / Changes, end == LifeEnd.Crash ? Many : Many / 2);
        await TidyAsync(length);
        Assert.Empty(Failures);
    }

    [Fact]
    public async Task A_log_of_many_changes_and_few_bytes_is_trimmed_and_not_measured()
    {
        Policy = HostPolicy.Default with { ReplayableChanges = 1 };
        await BeginAsync();
        await SetUntilTrimmedAsync(length: 1);
        await LeaveMemoryAsync();
        Assert.Equal(0, Store.Calls(StoreVerb.MeasureLog));
        Assert.InRange((await Store.LoadAsync(Key, default)).Floor, 1_000, Newest - 1);
    }

    [Fact]
    public async Task A_session_is_not_trimmed_anew_in_each_life()
    {
        Policy = HostPolicy.Default with { ReplayableChanges = 2_000 };
        await BeginAsync();
        await SetUntilTrimmedAsync(length: 1);
        for (var life = 0; life < 10; life++)
        {
            await LeaveMemoryAsync();
            await OkAsync(Ask.Get("x"), SetText(life, 1));
        }

        // On a slow machine a thousand changes may come before the first trim is seen.
        Assert.InRange(Store.Calls(StoreVerb.Trim), 1, 3);
    }

    [Fact]
    public async Task Of_two_limits_the_narrower_holds()
    {
        Policy = Policy with { ReplayableChanges = 3 };
        await BeginAsync();
        while (Store.Calls(StoreVerb.Trim) == 0)
        {
            await OkAsync(SetText(0));
            await LeaveMemoryAsync();
        }

        Assert.Equal(1, Store.Calls(StoreVerb.MeasureLog));
        Assert.Equal(Newest - 3, (await Store.LoadAsync(Key, default)).Floor);
    }

    [Fact]
    public async Task Answers_that_are_remembered_count_as_the_log_holds_them()
    {
        await BeginAsync();
        for (var n = 0; n < 40; n++)
        {
            var batch = new BatchSetVariablesRequest { SessionId = Ask.Session, RequestId = $"r{n}" };
            batch.Updates.Add("x", Ask.Json($"\"{n}\"", "string"));
            batch.Updates.Add(new string('?', 2 * Inline) + n, Ask.Json("1"));
            await OkAsync(batch);
        }

        await TidyAsync();
    }

    [Fact]
    public async Task A_change_that_only_refers_to_a_large_value_counts_without_it()
    {
        await BeginAsync();
        await OkAsync(SetText(1, Large));
        for (var n = 0; n < 100; n++)
        {
            await OkAsync(Ask.Start("x"), Ask.Stop("x"));
        }

        Assert.Equal(0, Store.Calls(StoreVerb.MeasureLog));
        Assert.InRange((await Store.MeasureLogAsync(Key, long.MaxValue, default)).Bytes, Large, Kept);
    }

    [Theory]
    [InlineData(StoreVerb.MeasureLog)]
    [InlineData(StoreVerb.Trim)]
    [InlineData(StoreVerb.Checkpoint)]
    public async Task What_failed_is_tried_again_in_a_minute_and_keeps_no_session_in_memory(StoreVerb verb)
    {
        await BeginAsync();
        Store.FailBefore(verb, outcomeUnknown: false);
        for (var n = 0; Failures.Count == 0; n++)
        {
            await OkAsync(SetText(n));
        }

        Failures.Clear();
        for (var n = 0; n < 2 * Changes; n++)
        {
            await OkAsync(SetText(n));
        }

        Assert.Equal(1, Store.Calls(verb));
        Clock.Advance(TimeSpan.FromMinutes(1));
        await SetUntilTrimmedAsync();
        Store.FailBefore(verb, outcomeUnknown: false);
        for (var n = 0; Failures.Count == 0; n++)
        {
            await OkAsync(SetText(n));
        }

        Failures.Clear();
        await LeaveMemoryAsync();
        await SetUntilTrimmedAsync();
        await TidyAsync();
    }

    [Fact]
    public async Task Two_sessions_at_the_most_are_trimmed_at_once()
    {
        SyncPoint[] trims = [Store.StopBefore(StoreVerb.Trim), Store.StopBefore(StoreVerb.Trim)];
        SessionKey[] keys = [Key, new("", "second"), new("", "third")];
        foreach (var key in keys)
        {
            await CallAsync(key, RegisterText());
            for (var n = 0; n < 2 * Changes; n++)
            {
                await CallAsync(key, SetText(n));
            }
        }

        await Task.WhenAll(trims.Select(trim => trim.Reached));
        Assert.Equal(2, Store.Calls(StoreVerb.Trim));
        trims[0].Continue();
        while (Store.Calls(StoreVerb.Trim) == 2)
        {
            await CallAsync(keys[2], SetText(0));
        }

        trims[1].Continue();
    }

    private static RegisterVariableRequest RegisterText() => Ask.Register("x", "\"\"", "string");

    private static SetVariableRequest SetText(long n, int length = Inline) =>
        Ask.Set("x", $"\"{new string((char)('a' + (n % 26)), length)}\"", "string");

    private async Task CallAsync(SessionKey key, IMessage request) =>
        Assert.False((await Sessions.CallAsync(key, request, default)).IsRefused);

    private void Keep(long changeBytes) => Policy = HostPolicy.Default with { ReplayableBytes = Changes * changeBytes };

    private async Task SetUntilTrimmedAsync(int length = Inline)
    {
        var trim = Store.StopAfter(StoreVerb.Trim);
        var reached = trim.Reached;
        for (var n = 0; !reached.IsCompleted; n++)
        {
            await OkAsync(SetText(n, length));
        }

        await reached;
        trim.Continue();
    }

    /// <summary>A session of one text, whose history is a small part of what may be replayed.</summary>
    private Task BeginAsync() => OkAsync(Ask.Initialize(historyLimit: 3), RegisterText());

    /// <summary>
    /// Ends this life, and begins others of one change each until no more is kept than may be. What came between a checkpoint and
    /// the trim behind it counts as history until the next trim: on a slow machine that can be much.
    /// </summary>
    private async Task<LogExtent> TidyAsync(int length = Inline)
    {
        await LeaveMemoryAsync();
        for (var life = 0; ; life++)
        {
            var kept = await Store.MeasureLogAsync(Key, long.MaxValue, default);
            if (kept.Bytes <= Kept * 5 / 4)
            {
                return kept;
            }

            Assert.InRange(life, 0, 10 * Changes);
            await OkAsync(SetText(life, length));
            await LeaveMemoryAsync();
        }
    }

    private async Task EndLifeAsync(LifeEnd end)
    {
        switch (end)
        {
            case LifeEnd.Crash:
                Crash();
                break;
            case LifeEnd.Disuse:
                await LeaveMemoryAsync();
                break;
            case LifeEnd.Drain:
                await Sessions.LeaveAsync(Key, default);
                break;
            case LifeEnd.Stop:
                await Sessions.DisposeAsync();
                Crash();
                break;
        }
    }
}
