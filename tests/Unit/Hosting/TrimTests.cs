using Snakepit.Protocol.Storing;
using Snakepit.Storage.Hosting;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Hosting;

/// <summary>When a host has its log trimmed, and by what.</summary>
public sealed class TrimTests : HostTests
{
    // Of a change: the new value, and the old one beside it.
    private const int ChangeBytes = 20_000;
    private const long Kept = 10 * ChangeBytes;
    private const long WithAQuarterMore = Kept * 5 / 4;

    public TrimTests() => Policy = new HostPolicy { ReplayableBytes = Kept, CheckpointCommits = 4 };

    [Fact]
    public async Task A_log_of_too_many_bytes_is_trimmed_to_what_may_be_kept()
    {
        await OkAsync(Ask.Initialize(historyLimit: 3), RegisterText());
        await SetUntilTrimmedAsync();
        await LeaveMemoryAsync();
        var extent = await Store.MeasureLogAsync(Key, long.MaxValue, default);
        Assert.InRange(extent.Bytes, Kept / 2, WithAQuarterMore);
        Assert.InRange(extent.After, 1, Store.Appended.Last().LastRevision - 1);
        Assert.Equal(extent.After, (await Store.LoadAsync(Key, default)).Floor);
        Assert.True((await OkAsync<WatchStart>(Ask.Watch(fromRevision: extent.After - 1))).Resync);
        Assert.False((await OkAsync<WatchStart>(Ask.Watch(fromRevision: extent.After))).Resync);
    }

    [Fact]
    public async Task Short_lives_do_not_let_a_log_grow_and_do_not_each_measure_it()
    {
        await OkAsync(RegisterText());
        for (var life = 1; life <= 60; life++)
        {
            await OkAsync(SetText(life));
            await LeaveMemoryAsync();
            Assert.InRange((await Store.MeasureLogAsync(Key, long.MaxValue, default)).Bytes, 1, WithAQuarterMore);
        }

        // The test measures as well.
        Assert.InRange(Store.Calls(StoreVerb.Trim), 10, 20);
        Assert.Equal(60 + Store.Calls(StoreVerb.Trim), Store.Calls(StoreVerb.MeasureLog));
    }

    [Fact]
    public async Task Lives_that_end_in_a_crash_do_not_let_a_log_grow()
    {
        await OkAsync(RegisterText());
        for (var life = 1; life <= 60; life++)
        {
            await OkAsync(SetText(life));
            Crash();
        }

        await LeaveMemoryAsync();
        Assert.InRange((await Store.MeasureLogAsync(Key, long.MaxValue, default)).Bytes, 1, WithAQuarterMore);
    }

    [Fact]
    public async Task A_log_of_many_changes_and_few_bytes_is_trimmed_and_not_measured()
    {
        Policy = Policy with { ReplayableBytes = HostPolicy.Default.ReplayableBytes, ReplayableChanges = 1 };
        await OkAsync(RegisterText());
        await SetUntilTrimmedAsync(length: 1);
        await LeaveMemoryAsync();
        Assert.Equal(0, Store.Calls(StoreVerb.MeasureLog));
        Assert.InRange((await Store.LoadAsync(Key, default)).Floor, 1_000, Store.Appended.Last().LastRevision - 1);
    }

    [Fact]
    public async Task What_is_due_is_trimmed_before_a_session_leaves_memory()
    {
        Policy = HostPolicy.Default with { ReplayableChanges = 1 };
        await OkAsync(Ask.Initialize(historyLimit: 1));
        var names = Enumerable.Range(0, 100).Select(n => $"x{n}").ToArray();
        await OkAsync([.. names.Select(name => Ask.Register(name))]);
        for (var n = 0; n < 10; n++)
        {
            await OkAsync(Ask.SetAll(atomic: true, [.. names.Select(name => (name, $"{n}"))]));
        }

        Assert.Equal(0, Store.Calls(StoreVerb.Trim));
        await LeaveMemoryAsync();
        Assert.Equal(1, Store.Calls(StoreVerb.Trim));
        Assert.Equal(1_000, (await Store.LoadAsync(Key, default)).Floor);
    }

    [Theory]
    [InlineData(StoreVerb.MeasureLog)]
    [InlineData(StoreVerb.Trim)]
    public async Task A_trim_that_failed_is_made_up_for(StoreVerb verb)
    {
        await OkAsync(RegisterText());
        Store.FailBefore(verb, outcomeUnknown: false);
        await SetUntilTrimmedAsync();
        Assert.Single(Failures);
        Failures.Clear();
        await LeaveMemoryAsync();
        Assert.InRange((await Store.MeasureLogAsync(Key, long.MaxValue, default)).Bytes, 1, WithAQuarterMore);
    }

    private static Protocol.Bridge.RegisterVariableRequest RegisterText() => Ask.Register("x", "\"\"", "string");

    private static Protocol.Bridge.SetVariableRequest SetText(long n, int length = ChangeBytes / 2) =>
        Ask.Set("x", $"\"{new string((char)('a' + (n % 26)), length)}\"", "string");

    private async Task SetUntilTrimmedAsync(int length = ChangeBytes / 2)
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
}
