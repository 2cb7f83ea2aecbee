using System.Collections.Concurrent;
using Snakepit.Sessions;

namespace Snakepit.Storage.Hosting;

/// <summary>What time brings: sessions that expire, hosts that leave memory, last uses to be stored.</summary>
public sealed partial class SessionDirectory
{
    // Hosts that a sweep lets write at once.
    private const int AtOnce = 256;

    // Sessions that a sweep loads to see whether they have expired.
    private const int ExpiringAtOnce = 16;

    private static readonly TimeSpan PurgeInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentQueue<SessionHost> _touchDue = new();
    private readonly SemaphoreSlim _touching = new(1, 1);
    private long _lastPurge;

    /// <summary>As the other one, in a process that owns all sessions.</summary>
    public Task SweepAsync(CancellationToken cancellation) => SweepAsync(ExpireAsync, cancellation);

    /// <summary>
    /// Ends sessions that have expired and lets idle ones leave memory. To be called every second or so.
    /// The store's index nominates; each session's host decides.
    /// </summary>
    /// <param name="expire">Has a nominated session's owner look at it: <see cref="ExpireAsync"/> of the owner's process.</param>
    /// <param name="cancellation">Ends it early.</param>
    public async Task SweepAsync(Func<SessionKey, CancellationToken, ValueTask> expire, CancellationToken cancellation)
    {
        var now = _clock.Earliest;
        await ForEachHostAsync(async host => await SweepAsync(host, now).ConfigureAwait(false)).ConfigureAwait(false);
        var expired = await _store.ListExpiredAsync(now, limit: 1_000, cancellation).ConfigureAwait(false);
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
        if (!await SweepAsync(host, _clock.Earliest).ConfigureAwait(false))
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

    // Many at once: what they write goes into few transactions.
    private async Task ForEachHostAsync(Func<SessionHost, Task> action)
    {
        var underWay = new List<Task>(AtOnce);
        foreach (var (_, slot) in _slots)
        {
            if (slot.Host is { } host && action(host) is { IsCompletedSuccessfully: false } task)
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
        if (_time.GetElapsedTime(_lastPurge) < PurgeInterval)
        {
            return;
        }

        _lastPurge = _time.GetTimestamp();
        try
        {
            await _store.PurgeEndedAsync(_clock.Earliest).ConfigureAwait(false);
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
                await _store.TouchAsync(expiries).ConfigureAwait(false);
            }
        }
        catch (StoreException failure)
        {
            hosts.ForEach(static host => host.PutBackExpiry());
            Report(default, failure);
        }
        finally
        {
            _touching.Release();
        }
    }
}
