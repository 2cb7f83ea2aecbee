using Google.Protobuf;
using Snakepit.Bridge.Watching;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Watching;

public sealed class CoalescingWindowTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ManualClock _clock = new();
    private readonly CoalescingWindow _window;
    private int _closed;

    public CoalescingWindowTests() => _window = new CoalescingWindow(Interval, _clock, () => _closed++);

    public void Dispose() => _window.Dispose();

    [Fact]
    public void The_last_change_of_each_variable_goes_out_in_order_of_revision_with_what_was_seen_before()
    {
        Add(1, "a", "0", "1");
        Add(2, "b", "0", "1");
        Add(3, "a", "1", "2");
        Add(4, "c", "0", "1");
        Add(5, "a", "2", "3");
        var updates = Close();
        Assert.Equal([(2L, "0", "1"), (4L, "0", "1"), (5L, "0", "3")], updates.Select(Shown));
        Assert.Equal(["", "", "3"], updates.Select(Coalesced));
        Assert.False(_window.IsOpen);
        Assert.Equal(0, _window.Bytes);
    }

    [Fact]
    public void A_window_opens_with_its_first_change_and_closes_after_the_interval()
    {
        _clock.Advance(Interval);
        Add(1, "a", "0", "1");
        _clock.Advance(Interval / 2);
        Add(2, "a", "1", "2");
        _clock.Advance(Interval / 2);
        Assert.Equal(1, _closed);
        Close();
        _clock.Advance(Interval * 5);
        Assert.Equal(1, _closed);
        Add(3, "a", "2", "3");
        _clock.Advance(Interval);
        Assert.Equal(2, _closed);
        Assert.Equal([(3L, "2", "3")], Close().Select(Shown));
    }

    [Fact]
    public void Nothing_is_merged_across_a_deletion()
    {
        Add(1, "a", "0", "1");
        Add(2, "a", "1", "2");
        Add(3, "a", "2", "2", UpdateType.Deleted);
        Add(4, "a", "", "9", UpdateType.Registered);
        Add(5, "a", "9", "10");
        var updates = Close();
        Assert.Equal([(2L, "0", "2"), (3L, "2", "2"), (5L, "", "10")], updates.Select(Shown));
        Assert.Equal(["2", "", "2"], updates.Select(Coalesced));
    }

    [Fact]
    public void An_old_value_left_out_stays_left_out_and_one_that_is_not_stays()
    {
        Add(1, "a", "", "1", omitted: true);
        Add(2, "a", "1", "2");
        Add(3, "b", "0", "1");
        Add(4, "b", "", "2", omitted: true);
        var updates = Close();
        Assert.Equal("omitted", updates[0].UpdateMetadata["old_value"]);
        Assert.Null(updates[0].OldValue);
        Assert.False(updates[1].UpdateMetadata.ContainsKey("old_value"));
        Assert.Equal("0", updates[1].OldValue.Value.ToStringUtf8());
    }

    [Fact]
    public void Its_bytes_are_those_of_what_it_would_send()
    {
        Add(1, "a", "0", "1");
        var one = _window.Bytes;
        Add(2, "a", "0", "2");
        Assert.Equal(one, _window.Bytes);
        Add(3, "b", "0", "2");
        Assert.Equal(2 * one, _window.Bytes);
    }

    private void Add(
        long revision, string name, string before, string after, string type = UpdateType.ValueChange, bool omitted = false)
    {
        var update = new VariableUpdate
        {
            VariableId = name,
            Variable = new Variable { Name = name, Value = Ask.Json(after) },
            UpdateType = type,
            Revision = revision,
            OldValue = before.Length == 0 ? null : Ask.Json(before),
        };
        if (omitted)
        {
            update.UpdateMetadata["old_value"] = "omitted";
        }

        _window.Add(new LoggedUpdate(revision, type, name, name, update.ToByteString()));
    }

    private List<VariableUpdate> Close() => _window.Close().ConvertAll(VariableUpdate.Parser.ParseFrom);

    private static (long, string, string) Shown(VariableUpdate update) =>
        (update.Revision, update.OldValue?.Value.ToStringUtf8() ?? "", update.Variable.Value.Value.ToStringUtf8());

    private static string Coalesced(VariableUpdate update) =>
        update.UpdateMetadata.TryGetValue("coalesced", out var count) ? count : "";
}
