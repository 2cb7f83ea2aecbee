using Orleans.Storage;
using Snakepit.Grains;
using Snakepit.Sessions;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Grains;

public sealed class ReckonedStateTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly HeldState _stored = new();
    private readonly List<Exception> _failures = [];
    private readonly ReckonedState _reckoned;

    public ReckonedStateTests() => _reckoned = new ReckonedState(_stored, _failures.Add);

    [Fact]
    public async Task What_is_set_while_a_write_is_under_way_is_written_together()
    {
        var stop = _stored.StopNext();
        var first = SetAsync(1);
        await stop.Reached;
        var others = Enumerable.Range(2, 99).Select(value => SetAsync(value)).ToList();
        Assert.Equal(100, _reckoned.State!.Value);
        Assert.DoesNotContain(others.Prepend(first), set => set.IsCompleted);
        stop.Continue();
        Assert.All(await Task.WhenAll(others.Prepend(first)), Assert.Null);
        Assert.Equal([1, 100], _stored.Written);
    }

    [Fact]
    public async Task What_is_set_behind_one_that_could_not_be_stored_is_not_stored()
    {
        await SetAsync(1);
        var stop = _stored.StopNext();
        var failing = SetAsync(2);
        await stop.Reached;
        var behind = SetAsync(3);
        stop.Fail(new IOException("disk on fire"));
        Assert.Contains("may have been carried out", (await failing)!.Message);
        Assert.Equal(Refusal.Unavailable("the calculation has moved; nothing was changed"), await behind);
        Assert.Equal(await behind, await SetAsync(4));
        Assert.Equal([1], _stored.Written);
        Assert.Equal("disk on fire", Assert.Single(_failures).Message);
    }

    [Fact]
    public async Task One_that_another_activation_has_changed_is_said_to_have_moved()
    {
        var stop = _stored.StopNext();
        var set = SetAsync(1);
        await stop.Reached;
        stop.Fail(new InconsistentStateException("another has written", "2", "1"));
        Assert.Equal(Refusal.Unavailable("the calculation has moved; nothing was changed"), await set);
        Assert.Single(_failures);
    }

    [Fact]
    public async Task An_end_is_known_before_it_is_stored_and_told_afterwards()
    {
        await SetAsync(1);
        var stop = _stored.StopNext();
        var end = _reckoned.SetAsync(null);
        await stop.Reached;
        Assert.Null(_reckoned.State);
        Assert.False(_reckoned.Stored.IsCompleted);
        stop.Continue();
        Assert.Null(await _reckoned.Stored.WaitAsync(Deadline));
        Assert.Null(await end);
        Assert.False(_stored.RecordExists);
        Assert.Equal(2, _stored.Writes);
    }

    [Fact]
    public async Task One_that_ends_before_it_was_stored_is_never_written()
    {
        var stop = _stored.StopNext();
        var first = SetAsync(1);
        await stop.Reached;
        var ends = new[] { SetAsync(2), _reckoned.SetAsync(null) };
        stop.Continue();
        Assert.All(await Task.WhenAll(ends.Prepend(first)), Assert.Null);
        Assert.Equal([1], _stored.Written);
        Assert.False(_stored.RecordExists);
        Assert.Null(await _reckoned.SetAsync(null).WaitAsync(Deadline));
        Assert.Equal(2, _stored.Writes);
    }

    private Task<Refusal?> SetAsync(double value) => _reckoned.SetAsync(new CalculationState { Value = value }).WaitAsync(Deadline);

    /// <summary>State in memory, one write of which can be held up and made to fail.</summary>
    private sealed class HeldState : IPersistentState<CalculationState>
    {
        private SyncPoint? _next;

        public CalculationState State { get; set; } = new();

        public string Etag => "";

        public bool RecordExists { get; private set; }

        public List<double> Written { get; } = [];

        public int Writes { get; private set; }

        public SyncPoint StopNext() => _next = new SyncPoint();

        public Task ReadStateAsync() => Task.CompletedTask;

        public async Task WriteStateAsync()
        {
            var value = State.Value;
            await StopAsync();
            Written.Add(value);
            RecordExists = true;
        }

        public async Task ClearStateAsync()
        {
            await StopAsync();
            RecordExists = false;
        }

        private async Task StopAsync()
        {
            if (Interlocked.Exchange(ref _next, null) is { } stop)
            {
                await stop.StopAsync();
            }

            Writes++;
        }
    }
}
