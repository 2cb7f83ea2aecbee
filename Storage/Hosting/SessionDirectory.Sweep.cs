using System.Collections.Concurrent;
using Snakepit.Sessions;

namespace Snakepit.Storage.Hosting;

/// <summary>What time brings: sessions that expire, hosts that leave memory, last uses to be stored.</summary>
public sealed partial class SessionDirectory
{
    // Hosts that a sweep lets write at once.
    private const int AtOnce = 256;

    // Sweeps that look at all hosts once, and hosts that each may look at however few there are.
    private const int SweepsPerRound = 16;
    private const int LeastPerSweep = 1_024;

    // Sessions that a sweep loads to see whether they have expired.
    private const int ExpiringAtOnce = 16;

    private static readonly TimeSpan PurgeInterval = TimeSpan.FromMinutes(1);

    // Hosts that somebody listens to, or did until lately.
    private readonly ConcurrentDictionary<SessionHost, ValueTuple> _watched = new();
    private readonly ConcurrentQueue<SessionHost> _touchDue = new();
    private readonly SemaphoreSlim _touching = new(1, 1);
    private IEnumerator<KeyValuePair<SessionKey, SessionHost>>? _round;
    private int _roundSize;
    private long _lastPurge;

    /// <summary>Hosts that somebody listens to, or did until the last sweep.</summary>
    internal int WatchedCount => _watched.Count;

    /// <summary>As the other one, in a process that owns all sessions.</summary>
    public Task SweepAsync(CancellationToken cancellation) => SweepAsync(ExpireAsync, cancellation);

    /// <summary>
    /// Ends sessions that have expired and lets idle ones leave memory. To be called every second or so, once the last
    /// call has ended. The store's index nominates; each session's host decides. Of the hosts in memory it looks at the
    /// watched ones and at a part of the others, so that many of them cost no more than the time they may stay too long.
    /// </summary>
    /// <param name="expire">Has a nominated session's owner look at it: <see cref="ExpireAsync"/> of the owner's process.</param>
    /// <param name="cancellation">Ends it early.</param>
    public async Task SweepAsync(Func<SessionKey, CancellationToken, ValueTask> expire, CancellationToken cancellation)
    {
        var now = _context.Clock.Earliest;
        await ForEachAsync(NextToSweep(), async host => await SweepAsync(host, now).ConfigureAwait(false)).ConfigureAwait(false);
        var expired = await _context.Store.ListExpiredAsync(now, limit: 1_000, cancellation).ConfigureAwait(false);
        var inParallel = new ParallelOptions { MaxDegreeOfParallelism = ExpiringAtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(expired, inParallel, async (key, token) =>
        {
            try
            {
                await expire(key, token).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // One session that cannot be loaded must not keep the others alive for ever.
                Report(key, failure);
            }
        }).ConfigureAwait(false);

        await StoreExpiriesAsync().ConfigureAwait(false);
        await PurgeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends a session that has expired, as the store has it; one that was used since has its new expiry stored.</summary>
    /// <exception cref="StoreException">The session could not be loaded.</exception>
    public async ValueTask ExpireAsync(SessionKey key, CancellationToken cancellation)
    {
        var host = await GetHostAsync(key, cancellation).ConfigureAwait(false);
        if (!await SweepAsync(host, _context.Clock.Earliest).ConfigureAwait(false))
        {
            _touchDue.Enqueue(host);
        }
    }

    /// <summary>True if the host has closed, or would have but for a store that failed.</summary>
    private static async ValueTask<bool> SweepAsync(SessionHost host, DateTimeOffset now)
    {
        // Whoever asked for a session that does not exist may have left before the answer.
        if (host.CloseIfAbsent())
        {
            return true;
        }

        if (host.HasExpired(now))
        {
            await host.EndIfExpiredAsync().ConfigureAwait(false);
            return true;
        }

        return host.IsIdle(now) && await host.TryLeaveMemoryAsync(now).ConfigureAwait(false);
    }

    // All of them where they are few.
    private List<SessionHost> NextToSweep()
    {
        var hosts = new List<SessionHost>();
        foreach (var (host, _) in _watched)
        {
            hosts.Add(host);

            // In this order: who begins to listen meanwhile is not forgotten.
            _watched.TryRemove(host, out _);
            if (host.HasListeners)
            {
                _watched.TryAdd(host, default);
            }
        }

        // By the most there were in this round: it goes on over those that have left meanwhile, too.
        _roundSize = Math.Max(_roundSize, _hosts.Count);
        var left = Math.Max(LeastPerSweep, _roundSize / SweepsPerRound);
        _round ??= _hosts.GetEnumerator();
        while (left-- > 0)
        {
            if (!_round.MoveNext())
            {
                _round.Dispose();
                _round = null;
                _roundSize = 0;
                break;
            }

            hosts.Add(_round.Current.Value);
        }

        return hosts;
    }

    // Many at once: what they write goes into few transactions.
    private static async Task ForEachAsync(IEnumerable<SessionHost> hosts, Func<SessionHost, Task> action)
    {
        var underWay = new List<Task>(AtOnce);
        foreach (var host in hosts)
        {
            if (action(host) is { IsCompletedSuccessfully: false } task)
            {
                underWay.Add(task);
                if (underWay.Count == AtOnce)
                {
                    await Task.WhenAll(underWay).ConfigureAwait(false);
                    underWay.Clear();
                }
            }
        }

        await Task.WhenAll(underWay).ConfigureAwait(false);
    }

    private void NoteTouchDue(SessionHost host)
    {
        _touchDue.Enqueue(host);
        _ = Task.Run(StoreExpiriesAsync);
    }

    // The logs of ended sessions that no watcher is waited for any more.
    private async ValueTask PurgeAsync()
    {
        if (_context.Time.GetElapsedTime(_lastPurge) < PurgeInterval)
        {
            return;
        }

        _lastPurge = _context.Time.GetTimestamp();
        try
        {
            await _context.Store.PurgeEndedAsync(_context.Clock.Earliest).ConfigureAwait(false);
        }
        catch (StoreException failure)
        {
            Report(default, failure);
        }
    }

    private async Task StoreExpiriesAsync()
    {
        await _touching.WaitAsync().ConfigureAwait(false);
        var hosts = new List<SessionHost>();
        var isStored = false;
        try
        {
            var expiries = new List<SessionExpiry>();
            while (_touchDue.TryDequeue(out var host))
            {
                if (host.TryTakeExpiry(out var expiry))
                {
                    expiries.Add(expiry);
                    hosts.Add(host);
                }
            }

            if (expiries.Count > 0)
            {
                await _context.Store.TouchAsync(expiries).ConfigureAwait(false);
                isStored = true;
            }
        }
        catch (StoreException failure)
        {
            Report(default, failure);
        }
        finally
        {
            hosts.ForEach(host => host.EndTouch(isStored));
            _touching.Release();
        }
    }
}
