using System.Runtime.InteropServices;
using Snakepit.Sessions;

namespace Snakepit.Storage.Sqlite;

/// <summary>
/// Some commits that the index of the log is without, in the order of their arrival. Of a session those that were entered are always
/// older than those that wait. Not safe for several threads.
/// </summary>
internal sealed class LogTailGeneration
{
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<SessionKey, Chain> _chains = [];

    // Since the last transaction.
    private readonly List<SessionKey> _added = [];
    private readonly List<int> _taken = [];
    private readonly List<SessionKey> _takenOf = [];

    // In which they are entered, session by session, and how far that has come.
    private int[] _order = [];
    private int _next;
    private int _nextBefore;

    // All before it are entered.
    private int _entered;

    private enum State : byte
    {
        Waiting,

        /// <summary>Entered by the present transaction.</summary>
        Taken,
        Entered,
    }

    public int Count => _entries.Count;

    /// <summary>Whether all that were sorted are entered, or being entered.</summary>
    public bool IsTaken => _next == _entries.Count;

    /// <summary>The row of the first that waits; null = none does.</summary>
    public long? FirstWaiting()
    {
        var entries = CollectionsMarshal.AsSpan(_entries);
        while (_entered < entries.Length && entries[_entered].State == State.Entered)
        {
            _entered++;
        }

        for (var n = _entered; n < entries.Length; n++)
        {
            if (entries[n].State == State.Waiting)
            {
                return entries[n].Place.Seq;
            }
        }

        return null;
    }

    /// <summary>Answers with how many of the session have come since those that waited were entered.</summary>
    public int Add(SessionKey key, LogPlace place)
    {
        ref var chain = ref CollectionsMarshal.GetValueRefOrAddDefault(_chains, key, out var known);
        _entries.Add(new Entry { Place = place, Previous = known ? chain.Last : -1 });
        chain = new Chain(_entries.Count - 1, chain.Length + 1);
        _added.Add(key);
        return chain.Length;
    }

    /// <summary>A session's newest, if it waits.</summary>
    public bool TryGetNewest(SessionKey key, out LogPlace place)
    {
        var last = Last(key);
        var waits = last >= 0 && _entries[last].State == State.Waiting;
        place = waits ? _entries[last].Place : default;
        return waits;
    }

    /// <summary>Adds a session's, oldest first, to a list: all that are not durably entered.</summary>
    public void CopyTo(List<LogPlace> places, SessionKey key)
    {
        var from = places.Count;
        var entries = CollectionsMarshal.AsSpan(_entries);
        for (var n = Last(key); n >= 0 && entries[n].State != State.Entered; n = entries[n].Previous)
        {
            places.Add(entries[n].Place);
        }

        places.Reverse(from, places.Count - from);
    }

    /// <summary>Adds a session's that wait, oldest first, to a list; they are being entered.</summary>
    public void Take(List<LogPlace> places, SessionKey key)
    {
        var from = places.Count;
        for (var n = Last(key); n >= 0 && TryTake(n); n = _entries[n].Previous)
        {
            places.Add(_entries[n].Place);
        }

        if (places.Count > from)
        {
            places.Reverse(from, places.Count - from);
            _takenOf.Add(key);
        }
    }

    /// <summary>Sets the order in which they are entered. Nothing may be added from here on.</summary>
    public void Sort()
    {
        if (_order.Length < _entries.Count)
        {
            _order = new int[_entries.Count];
        }

        var order = _order.AsSpan(0, _entries.Count);
        for (var n = 0; n < order.Length; n++)
        {
            order[n] = n;
        }

        // A session's are in the order of their arrival already.
        order.Sort((left, right) =>
        {
            var bySession = _entries[left].Place.Session.CompareTo(_entries[right].Place.Session);
            return bySession != 0 ? bySession : left.CompareTo(right);
        });
        (_next, _nextBefore) = (0, 0);
    }

    /// <summary>Adds the next that wait, at most so many, to a list; they are being entered.</summary>
    public void Take(List<LogPlace> places, int count)
    {
        for (; count > 0 && _next < _entries.Count; _next++)
        {
            if (TryTake(_order[_next]))
            {
                places.Add(_entries[_order[_next]].Place);
                count--;
            }
        }
    }

    /// <summary>All that wait are being entered.</summary>
    public void TakeAll()
    {
        for (_next = 0; _next < _entries.Count; _next++)
        {
            TryTake(_next);
        }
    }

    /// <summary>The transaction is durable: what was taken is in the index.</summary>
    public void Commit()
    {
        Set(State.Entered);
        foreach (var key in _takenOf)
        {
            _chains[key] = _chains[key] with { Length = 0 };
        }

        _takenOf.Clear();
        _nextBefore = _next;
        _added.Clear();
    }

    /// <summary>The transaction was rolled back: what it added is gone, what was taken waits again.</summary>
    public void Rollback()
    {
        Set(State.Waiting);
        _takenOf.Clear();
        _next = _nextBefore;
        for (var n = _added.Count - 1; n >= 0; n--)
        {
            var previous = _entries[^1].Previous;
            _entries.RemoveAt(_entries.Count - 1);
            if (previous < 0)
            {
                _chains.Remove(_added[n]);
            }
            else
            {
                _chains[_added[n]] = new Chain(previous, _chains[_added[n]].Length - 1);
            }
        }

        _added.Clear();
    }

    public void Clear()
    {
        _entries.Clear();
        _chains.Clear();
        (_next, _nextBefore, _entered) = (0, 0, 0);
    }

    private int Last(SessionKey key) => _chains.TryGetValue(key, out var chain) ? chain.Last : -1;

    private bool TryTake(int n)
    {
        ref var entry = ref CollectionsMarshal.AsSpan(_entries)[n];
        if (entry.State != State.Waiting)
        {
            return false;
        }

        entry.State = State.Taken;
        _taken.Add(n);
        return true;
    }

    private void Set(State state)
    {
        var entries = CollectionsMarshal.AsSpan(_entries);
        foreach (var n in _taken)
        {
            entries[n].State = state;
        }

        _taken.Clear();
    }

    private struct Entry
    {
        public required LogPlace Place;

        /// <summary>The session's before it; -1 = none.</summary>
        public required int Previous;

        public State State;
    }

    private readonly record struct Chain(int Last, int Length);
}
