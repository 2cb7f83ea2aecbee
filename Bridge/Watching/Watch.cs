using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Bridge.Access;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Bridge.Watching;

/// <summary>
/// One watch, from its start to its end: sends the snapshot, then what the feed or the log has behind the
/// cursor, in order of revision. Nothing of the session is held while the client's socket is awaited.
/// </summary>
internal sealed partial class Watch : IDisposable
{
    private const string RevisionHeader = "snakepit-revision";

    private readonly ISessions _sessions;
    private readonly WatchSettings _settings;
    private readonly TimeProvider _time;
    private readonly WatchOutput _output;
    private readonly List<LoggedUpdate> _batch = [];
    private WatchVariablesRequest? _request;
    private WatchStart? _start;
    private CoalescingWindow? _window;
    private long _createdAt;

    public Watch(
        WatchVariablesRequest request,
        ISessions sessions,
        WatchSettings settings,
        TimeProvider time,
        IResponseStream responses,
        RpcCall call)
    {
        _request = request;
        _sessions = sessions;
        _settings = settings;
        _time = time;
        Key = call.Principal.KeyOf(request.SessionId);
        Watcher = new Watcher
        {
            Requester = call.Principal.RequesterOn(request.SessionId),
            Call = call,
            Since = time.GetUtcNow(),
            UpdateTypes = UpdateType.Distinct(request.UpdateTypes),
        };
        _output = new WatchOutput(responses, Watcher, settings, time);
    }

    /// <summary>Of which session.</summary>
    public SessionKey Key { get; }

    /// <summary>Its place in its feed.</summary>
    public Watcher Watcher { get; }

    /// <summary>What it follows. It is in this one's hands as long as it runs, and in the hub's before and after.</summary>
    public SessionFeed? Feed { get; set; }

    /// <summary>What is asked of the session's owner, until the watch has begun.</summary>
    public WatchVariablesRequest Request => _request!;

    public CancellationToken Cancellation => Watcher.Call.Cancellation;

    /// <summary>Takes note of where it begins, as its session's owner says. The feed is that of the same session.</summary>
    public void BeginAt(WatchStart start)
    {
        var request = Request;
        if (request.MinIntervalMs > 0)
        {
            var interval = TimeSpan.FromMilliseconds(request.MinIntervalMs);
            _window = new CoalescingWindow(interval, _time, () => Signal(WatchSignals.WindowClosed));
        }

        Watcher.Selection = new Selection(start.Ids, start.Names, request.Patterns);
        Watcher.Hide(start.Hidden, start.HiddenUntil);
        Watcher.Cursor = start.Revision;
        Watcher.LastSent = WatchTicks.Now(_time);
        _createdAt = start.CreatedAt;
        _start = start;
        _request = null;
    }

    /// <summary>Runs it from where it begins to its end.</summary>
    public async Task<RpcStatus> RunAsync()
    {
        Watcher.Call.SetHeader(RevisionHeader, Text(Watcher.Cursor));
        using var gone = Cancellation.UnsafeRegister(static state => ((Watch)state!).Signal(WatchSignals.Cancelled), this);
        try
        {
            await _output.StartAsync().ConfigureAwait(false);
            await SendSnapshotAsync(TakeStart(), static _ => true).ConfigureAwait(false);
            RpcStatus? ended = null;
            while (ended is null)
            {
                var step = Feed!.Take(Watcher, _batch);
                if (step == FeedStep.Parked)
                {
                    await Watcher.WaitAsync().ConfigureAwait(false);
                }
                else
                {
                    ended = await GoOnAsync(step).ConfigureAwait(false);
                }
            }

            return ended;
        }
        catch (OperationCanceledException) when (Watcher.GivenUp.IsCancellationRequested)
        {
            return new RpcStatus(
                RpcCode.ResourceExhausted, $"the client took nothing for {_settings.StallLimit.TotalSeconds:0} s");
        }
        finally
        {
            Watcher.Call.SetTrailer(RevisionHeader, Text(_output.SentRevision));
        }
    }

    public void Dispose()
    {
        _window?.Dispose();
        Watcher.Dispose();
    }

    // What there was at its beginning must not stay in memory until its end.
    private WatchStart TakeStart()
    {
        var start = _start!;
        _start = null;
        return start;
    }

    // A status if that is its end.
    private async ValueTask<RpcStatus?> GoOnAsync(FeedStep step)
    {
        switch (step)
        {
            case FeedStep.Updates:
                await SendAsync(_batch, Watcher.Cursor).ConfigureAwait(false);
                _batch.Clear();
                return null;
            case FeedStep.Behind:
                return await CatchUpAsync().ConfigureAwait(false) is { } failed ? await EndAsync(failed).ConfigureAwait(false) : null;
            case FeedStep.Signalled:
                await SeeToSignalsAsync().ConfigureAwait(false);
                return null;
            case FeedStep.Ended:
                return await EndAsync(SessionEnded()).ConfigureAwait(false);
            case FeedStep.Draining:
                return await EndAsync(new RpcStatus(RpcCode.Unavailable, "the server is shutting down")).ConfigureAwait(false);
            default:
                return await EndAsync(LogUnreachable()).ConfigureAwait(false);
        }
    }

    private async ValueTask SeeToSignalsAsync()
    {
        var signals = Feed!.TakeSignals(Watcher);
        Cancellation.ThrowIfCancellationRequested();
        if (signals.HasFlag(WatchSignals.WindowClosed))
        {
            await FlushWindowAsync().ConfigureAwait(false);
        }

        // An open window holds changes back that the heartbeat would say were sent.
        if (signals.HasFlag(WatchSignals.HeartbeatDue) && _window is not { IsOpen: true })
        {
            await SendHeartbeatAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Sends what matched up to a revision, or holds it back until its window closes.</summary>
    private async ValueTask SendAsync(List<LoggedUpdate> updates, long upTo)
    {
        if (_window is null)
        {
            if (updates.Count > 0)
            {
                _output.Write(updates);
            }

            await _output.FlushAsync(upTo).ConfigureAwait(false);
            return;
        }

        foreach (var update in updates)
        {
            _window.Add(update);
        }

        if (!_window.IsOpen)
        {
            _output.SentRevision = upTo;
        }
        else if (_window.Bytes > _settings.BatchBytes)
        {
            await FlushWindowAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask FlushWindowAsync()
    {
        foreach (var update in _window!.Close())
        {
            _output.Write(update);
        }

        await _output.FlushAsync(Watcher.Cursor).ConfigureAwait(false);
    }

    private async ValueTask SendSnapshotAsync(WatchStart start, Func<ByteString, bool> selects)
    {
        if (!start.Snapshot)
        {
            _output.SentRevision = start.Revision;
            return;
        }

        if (start.Resync)
        {
            // No revision: who resumes from the last one seen must not take a snapshot half sent for whole.
            _output.Write(Notice(UpdateType.Resync, 0));
            BridgeMetrics.Resynced();
        }

        // Counted: the enumerator of a repeated field is an object.
        for (var n = 0; n < start.Initial.Count; n++)
        {
            if (selects(start.Initial[n]))
            {
                _output.Write(start.Initial[n]);
                await _output.FlushIfFullAsync().ConfigureAwait(false);
            }
        }

        _output.Write(Notice(UpdateType.Heartbeat, start.Revision));
        await _output.FlushAsync(start.Revision).ConfigureAwait(false);
    }

    // The cursor was moved past all that did not match: everything up to it has been sent.
    private async ValueTask SendHeartbeatAsync()
    {
        var revision = Watcher.Cursor;
        _output.Write(Notice(UpdateType.Heartbeat, revision));
        await _output.FlushAsync(revision).ConfigureAwait(false);
    }

    private async ValueTask<RpcStatus> EndAsync(RpcStatus status)
    {
        if (_window is { IsOpen: true })
        {
            await FlushWindowAsync().ConfigureAwait(false);
        }

        return status;
    }

    private EncodedNotice Notice(string updateType, long revision) => new()
    {
        UpdateType = updateType,
        Revision = revision,
        Timestamp = Timestamp.FromDateTimeOffset(_time.GetUtcNow()),
    };

    private void Signal(WatchSignals signal) => Feed?.Signal(Watcher, signal);

    private RpcStatus SessionEnded() => new(RpcCode.Cancelled, $"session {Key.SessionId} ended");

    private RpcStatus LogUnreachable() =>
        new(RpcCode.Unavailable, $"the log of session {Key.SessionId} could not be read for {_settings.LogPatience.TotalSeconds:0} s");

    private static string Text(long revision) => revision.ToString(CultureInfo.InvariantCulture);
}
