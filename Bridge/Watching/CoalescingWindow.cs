using System.Globalization;
using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;

namespace Snakepit.Bridge.Watching;

/// <summary>
/// Holds a watcher's changes back for an interval, and then lets out the last of each variable: with the old
/// value that this watcher saw last, and a count of the changes it stands for. Nothing is merged across a
/// deletion. Used by one watch's loop.
/// </summary>
internal sealed class CoalescingWindow : IDisposable
{
    private readonly Dictionary<string, Held> _open = new(StringComparer.Ordinal);
    private readonly List<Held> _held = [];
    private readonly TimeSpan _interval;
    private readonly ITimer _timer;

    /// <param name="interval">How long a window stays open after its first change.</param>
    /// <param name="time">The clock.</param>
    /// <param name="closed">Called from the clock's thread when the interval has passed.</param>
    public CoalescingWindow(TimeSpan interval, TimeProvider time, Action closed)
    {
        _interval = interval;
        _timer = time.CreateTimer(
            static state => ((Action)state!)(), closed, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public bool IsOpen => _held.Count > 0;

    /// <summary>Bytes of what is held.</summary>
    public int Bytes { get; private set; }

    public void Add(LoggedUpdate update)
    {
        if (_held.Count == 0)
        {
            _timer.Change(_interval, Timeout.InfiniteTimeSpan);
        }

        if (_open.TryGetValue(update.VariableId, out var held) && update.UpdateType != UpdateType.Deleted)
        {
            Bytes += update.Encoded.Length - held.Last.Encoded.Length;
            held.Last = update;
            held.Count++;
            return;
        }

        held = new Held(update);
        _held.Add(held);
        Bytes += update.Encoded.Length;
        if (update.UpdateType == UpdateType.Deleted)
        {
            _open.Remove(update.VariableId);
        }
        else
        {
            _open[update.VariableId] = held;
        }
    }

    /// <summary>Closes the window: the updates to send, in order of revision.</summary>
    public List<ByteString> Close()
    {
        _held.Sort(static (a, b) => a.Last.Revision.CompareTo(b.Last.Revision));
        var updates = _held.ConvertAll(static held => held.Count == 1 ? held.Last.Encoded : Merge(held));
        _held.Clear();
        _open.Clear();
        Bytes = 0;
        return updates;
    }

    public void Dispose() => _timer.Dispose();

    private static ByteString Merge(Held held)
    {
        var first = VariableUpdate.Parser.ParseFrom(held.First.Encoded);
        var last = VariableUpdate.Parser.ParseFrom(held.Last.Encoded);
        last.OldValue = first.OldValue;
        last.OldBinaryValue = first.OldBinaryValue;
        last.UpdateMetadata.Remove("old_value");
        if (first.UpdateMetadata.TryGetValue("old_value", out var omitted))
        {
            last.UpdateMetadata["old_value"] = omitted;
        }

        last.UpdateMetadata["coalesced"] = held.Count.ToString(CultureInfo.InvariantCulture);
        return last.ToByteString();
    }

    /// <summary>The changes of one variable so far: the first says what the watcher saw before, the last goes out.</summary>
    private sealed class Held(LoggedUpdate first)
    {
        public LoggedUpdate First { get; } = first;

        public LoggedUpdate Last { get; set; } = first;

        public int Count { get; set; } = 1;
    }
}
