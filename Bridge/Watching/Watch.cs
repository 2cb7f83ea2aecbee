using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
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

    private readonly WatchVariablesRequest _request;
    private readonly SessionFeed _feed;
    private readonly Watcher _watcher;
    private readonly ISessions _sessions;
    private readonly WatchSettings _settings;
    private readonly TimeProvider _time;
    private readonly RpcCall _call;
    private readonly WatchOutput _output;
    private readonly CoalescingWindow? _window;
    private readonly List<LoggedUpdate> _batch = [];
    private long _createdAt;

    public Watch(
        WatchVariablesRequest request,
        SessionFeed feed,
        Watcher watcher,
        ISessions sessions,
        WatchSettings settings,
        TimeProvider time,
        IResponseStream responses,
        RpcCall call)
    {
        _request = request;
        _feed = feed;
        _watcher = watcher;
        _sessions = sessions;
        _settings = settings;
        _time = time;
        _call = call;
        _output = new WatchOutput(responses, watcher, settings, time);
        if (request.MinIntervalMs > 0)
        {
            var interval = TimeSpan.FromMilliseconds(request.MinIntervalMs);
            _window = new CoalescingWindow(interval, time, () => feed.Signal(watcher, WatchSignals.WindowClosed));
        }
    }

    /// <summary>Runs the watch from where its session's owner says it begins.</summary>
    public async Task<RpcStatus> RunAsync(WatchStart start)
    {
        _watcher.Selection = new Selection(start.Ids, start.Names, _request.Patterns);
        _watcher.Hide(start.Hidden, start.HiddenUntil);
        _watcher.Cursor = start.Revision;
        _createdAt = start.CreatedAt;
        _watcher.LastSent = WatchTicks.Now(_time);
        _call.SetHeader(RevisionHeader, Text(start.Revision));
        await using var gone = _call.Cancellation.UnsafeRegister(
            static state => ((Watch)state!).Signal(WatchSignals.Cancelled), this).ConfigureAwait(false);
        try
        {
            await _output.StartAsync().ConfigureAwait(false);
            await SendSnapshotAsync(start, static _ => true).ConfigureAwait(false);

            // What there was at its beginning must not stay in memory until its end.
            start = null!;
            return await FollowAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_watcher.GivenUp.IsCancellationRequested)
        {
            return new RpcStatus(
                RpcCode.ResourceExhausted, $"the client took nothing for {_settings.StallLimit.TotalSeconds:0} s");
        }
        finally
        {
            _call.SetTrailer(RevisionHeader, Text(_output.SentRevision));
        }
    }

    public void Dispose() => _window?.Dispose();

    private async Task<RpcStatus> FollowAsync()
    {
        while (true)
        {
            switch (_feed.Take(_watcher, _batch))
            {
                case FeedStep.Updates:
                    await SendAsync(_batch, _watcher.Cursor).ConfigureAwait(false);
                    _batch.Clear();
                    break;
                case FeedStep.Behind:
                    if (await CatchUpAsync().ConfigureAwait(false) is { } failed)
                    {
                        return await EndAsync(failed).ConfigureAwait(false);
                    }

                    break;
                case FeedStep.Parked:
                    await _watcher.WaitAsync().ConfigureAwait(false);
                    break;
                case FeedStep.Signalled:
                    await SeeToSignalsAsync().ConfigureAwait(false);
                    break;
                case FeedStep.Ended:
                    return await EndAsync(SessionEnded()).ConfigureAwait(false);
                case FeedStep.Draining:
                    return await EndAsync(new RpcStatus(RpcCode.Unavailable, "the server is shutting down")).ConfigureAwait(false);
                default:
                    return await EndAsync(LogUnreachable()).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask SeeToSignalsAsync()
    {
        var signals = _feed.TakeSignals(_watcher);
        _call.Cancellation.ThrowIfCancellationRequested();
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

        await _output.FlushAsync(_watcher.Cursor).ConfigureAwait(false);
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
            _output.Write(Notice(UpdateType.Resync, 0).ToByteString());
            BridgeMetrics.Resynced();
        }

        foreach (var initial in start.Initial)
        {
            if (selects(initial))
            {
                _output.Write(initial);
                await _output.FlushIfFullAsync().ConfigureAwait(false);
            }
        }

        _output.Write(Notice(UpdateType.Heartbeat, start.Revision).ToByteString());
        await _output.FlushAsync(start.Revision).ConfigureAwait(false);
    }

    // The cursor was moved past all that did not match: everything up to it has been sent.
    private async ValueTask SendHeartbeatAsync()
    {
        var revision = _watcher.Cursor;
        _output.Write(Notice(UpdateType.Heartbeat, revision).ToByteString());
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

    private VariableUpdate Notice(string updateType, long revision) => new()
    {
        UpdateType = updateType,
        Revision = revision,
        Timestamp = Timestamp.FromDateTimeOffset(_time.GetUtcNow()),
    };

    private void Signal(WatchSignals signal) => _feed.Signal(_watcher, signal);

    private RpcStatus SessionEnded() => new(RpcCode.Cancelled, $"session {_request.SessionId} ended");

    private RpcStatus LogUnreachable() =>
        new(RpcCode.Unavailable, $"the log of session {_request.SessionId} could not be read for {_settings.LogPatience.TotalSeconds:0} s");

    private static string Text(long revision) => revision.ToString(CultureInfo.InvariantCulture);
}
