using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Administration;

namespace Snakepit.Bridge.Watching;

/// <summary>What others bring to a watcher's attention, and see of it.</summary>
internal sealed partial class SessionFeed
{
    /// <summary>Brings something to a watcher's attention, whether it waits or not.</summary>
    public void Signal(Watcher watcher, WatchSignals signal)
    {
        lock (_gate)
        {
            watcher.Signals |= signal;
            if (!watcher.IsParked)
            {
                return;
            }

            Unpark(watcher);
        }

        watcher.Wake();
    }

    /// <summary>What was brought to the watcher's attention since it last asked.</summary>
    public WatchSignals TakeSignals(Watcher watcher)
    {
        lock (_gate)
        {
            var signals = watcher.Signals;
            watcher.Signals = WatchSignals.None;
            return signals;
        }
    }

    /// <summary>By how many revisions a watcher is behind the newest that this feed knows of.</summary>
    public long LagOf(Watcher watcher)
    {
        lock (_gate)
        {
            return watcher.IsParked ? 0 : _ring.Newest - watcher.Cursor;
        }
    }

    /// <summary>Some of the watchers that have begun, in no order.</summary>
    public List<WatcherStatus> Describe(int most)
    {
        lock (_gate)
        {
            return [.. _watchers.Where(static watcher => watcher.Selection is not null).Take(most).Select(Describe)];
        }
    }

    private WatcherStatus Describe(Watcher watcher) => new()
    {
        Peer = watcher.Peer,
        Since = Timestamp.FromDateTimeOffset(watcher.Since),
        VariableIdentifiers = { watcher.Selection!.Ids, watcher.Selection.Names },
        Patterns = { watcher.Selection.Patterns.Select(static pattern => pattern.Pattern) },
        UpdateTypes = { watcher.UpdateTypes ?? [] },

        // One that waits has everything: its cursor is moved when there is something to look at.
        Revision = watcher.IsParked ? Math.Max(watcher.Cursor, _ring.Newest) : watcher.Cursor,
        Lag = watcher.IsParked ? 0 : _ring.Newest - watcher.Cursor,
    };
}
