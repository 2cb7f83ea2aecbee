using System.Collections.Concurrent;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Serving.Access;

/// <summary>
/// The calls that last, and end when their callers' credentials do: once a second those are looked at that expire, and
/// all where the rules have changed. Safe from any thread.
/// </summary>
/// <param name="rules">The present rules.</param>
/// <param name="time">The clock.</param>
internal sealed class Revocations(Func<AccessRules> rules, TimeProvider time)
{
    private static readonly RpcStatus Expired = new(RpcCode.Unauthenticated, "the caller's credentials have expired");
    private static readonly RpcStatus Withdrawn = new(RpcCode.Unauthenticated, "the caller's credentials do not hold any longer, or not for the same");

    private readonly ConcurrentDictionary<Entry, byte> _entries = new();

    /// <summary>Calls that are looked after.</summary>
    public int Count => _entries.Count;

    public IDisposable Add(KnownCaller caller, Action<RpcStatus> revoked)
    {
        var entry = new Entry(this, caller, revoked) { Rules = rules() };
        _entries[entry] = 0;

        // The rules may have changed since the caller was recognised.
        Judge(entry);
        return entry;
    }

    /// <summary>Ends the calls that are to end.</summary>
    public void Sweep()
    {
        var (present, now) = (rules(), time.GetUtcNow());
        foreach (var (entry, _) in _entries)
        {
            if (!ReferenceEquals(entry.Rules, present) || entry.Caller.ExpiresAt <= now)
            {
                entry.Rules = present;
                Judge(entry);
            }
        }
    }

    // Who may less, or more, than before has to come again.
    private void Judge(Entry entry)
    {
        var now = time.GetUtcNow();
        if (entry.Caller.ExpiresAt <= now)
        {
            End(entry, Expired);
        }
        else if (entry.Caller.FindAgain(entry.Rules) is { } again
            && !(again.ExpiresAt <= now) && again.Principal.Equals(entry.Caller.Principal))
        {
            entry.Caller = again;
        }
        else
        {
            End(entry, Withdrawn);
        }
    }

    private void End(Entry entry, RpcStatus status)
    {
        if (_entries.TryRemove(entry, out _))
        {
            entry.Revoked(status);
        }
    }

    private sealed class Entry(Revocations all, KnownCaller caller, Action<RpcStatus> revoked) : IDisposable
    {
        /// <summary>As these rules know it. Written as they are.</summary>
        public KnownCaller Caller { get; set; } = caller;

        public Action<RpcStatus> Revoked => revoked;

        /// <summary>What it was judged by last. Written by who adds it, then by the sweep alone.</summary>
        public required AccessRules Rules { get; set; }

        public void Dispose() => all._entries.TryRemove(this, out _);
    }
}
