using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Snakepit.Storage;

namespace Snakepit.GrpcGateway.Cluster;

/// <summary>
/// Finds what no stream announced: every two seconds one question to the store, where the logs of all watched
/// sessions end. Renews the interest in them, too, and subscribes anew to streams that have fallen silent.
/// </summary>
internal sealed class WatchPoll : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    // What the store had when it was asked may still be on its way by stream.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(20);

    private const int KeysPerQuestion = 5_000;
    private const int RenewalsAtOnce = 64;
    private const int QuestionsAtOnce = 16;

    // Once may be a slow moment. Twice, and the subscription has died with a silo.
    private const int MissedBeforeListeningAnew = 2;

    // Of a session that has gone, and its log with it, the last changes can only come by stream: they get their time.
    private const int MissingBeforeEnded = 2;

    private readonly WatchedSessions _watched;
    private readonly ISessionStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public WatchPoll(WatchedSessions watched, ISessionStore store, TimeProvider time, ILogger<WatchPoll> logger)
    {
        _watched = watched;
        _store = store;
        _time = time;
        _logger = logger;
        watched.Succeeded = one => _ = SeeOffSucceededAsync(one);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        var renewing = Task.CompletedTask;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await PollAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                _logger.PollFailed(failure.Message);
            }

            // A silo that does not answer must not keep the store from being asked.
            if (renewing.IsCompleted)
            {
                renewing = RenewAsync(stoppingToken);
            }
        }
    }

    /// <summary>Asks where the logs end, and tells those who do not know: no stream is waited for any more.</summary>
    /// <exception cref="StoreException">The store did not answer.</exception>
    public Task LookOnceMoreAsync(CancellationToken cancellation) => AskAsync(
        TimeSpan.Zero,
        static (watched, end) => watched.Advance(UnixTime.ToMicroseconds(end.CreatedAt), end.Revision),
        cancellation);

    /// <summary>One round: asks where the logs end, and tells those whose streams have not.</summary>
    internal Task PollAsync(CancellationToken cancellation) => AskAsync(Grace, Judge, cancellation);

    private async Task AskAsync(TimeSpan grace, Action<WatchedSession, LogEnd> judge, CancellationToken cancellation)
    {
        // Only what the owner has confirmed before the question can be missing from the answer because it ended.
        foreach (var some in _watched.All.Where(watched => watched.RenewedAt != 0).Chunk(KeysPerQuestion))
        {
            Array.ForEach(some, static watched => watched.OnQuestion());
            var ends = await _store.ReadEndsAsync([.. some.Select(watched => watched.Key)], cancellation);
            await Task.Delay(grace, _time, cancellation);
            var gone = new List<(WatchedSession Watched, bool IsSucceeded)>();
            foreach (var (watched, end) in some.Zip(ends))
            {
                if (end is null || UnixTime.ToMicroseconds(end.CreatedAt) > watched.CreatedAt)
                {
                    gone.Add((watched, end is not null));
                    continue;
                }

                watched.Missing = 0;
                judge(watched, end);
            }

            await Parallel.ForEachAsync(
                gone,
                new ParallelOptions { MaxDegreeOfParallelism = QuestionsAtOnce, CancellationToken = cancellation },
                (one, token) => SeeOffAsync(one.Watched, one.IsSucceeded, token));
        }
    }

    // The session is there no more. While its log is kept, its watchers are told how far it came and read the rest.
    private async ValueTask SeeOffAsync(WatchedSession watched, bool isSucceeded, CancellationToken cancellation)
    {
        watched.Missing++;
        var createdAt = watched.CreatedAt;
        if (!watched.HasEnded && await _store
            .ReadEndedLogAsync(watched.Key, UnixTime.FromMicroseconds(createdAt), long.MaxValue, maxBytes: 1, cancellation) is { } log)
        {
            watched.Advance(createdAt, log.LastRevision);
            watched.End();
        }
        else if (isSucceeded || watched.Missing >= MissingBeforeEnded)
        {
            watched.End();
        }

        if (watched.HasEnded)
        {
            _watched.Leave(watched);
        }
    }

    private async Task SeeOffSucceededAsync(WatchedSession watched)
    {
        try
        {
            await SeeOffAsync(watched, isSucceeded: true, CancellationToken.None);
        }
        catch (StoreException failure)
        {
            // The next round finds it again.
            _logger.PollFailed(failure.Message);
        }
    }

    private void Judge(WatchedSession watched, LogEnd end)
    {
        if (watched.Find(UnixTime.ToMicroseconds(end.CreatedAt), end.Revision))
        {
            watched.Missed++;
            watched.IsRenewalDue = true;
        }

        if (watched.HasEnded)
        {
            _watched.Leave(watched);
        }
        else if (watched.Missed >= MissedBeforeListeningAnew && watched.Listening.CurrentCount > 0)
        {
            _logger.ListeningAnew(watched.Key);
            _ = _watched.ListenAsync(watched);
        }
    }

    // Never throws but for the end of the process: whom it could not renew the next round does.
    private Task RenewAsync(CancellationToken cancellation) => Parallel.ForEachAsync(
        _watched.All.Where(IsRenewalDue),
        new ParallelOptions { MaxDegreeOfParallelism = RenewalsAtOnce, CancellationToken = cancellation },
        async (watched, token) =>
        {
            try
            {
                await _watched.RenewAsync(watched, token);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                watched.IsRenewalDue = true;
                _logger.RenewalFailed(watched.Key, failure.Message);
            }
        });

    private bool IsRenewalDue(WatchedSession watched) =>
        watched.IsRenewalDue || (watched.RenewedAt != 0 && _time.GetElapsedTime(watched.RenewedAt) > Renewal);
}
