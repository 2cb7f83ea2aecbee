using System.Globalization;
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
            Responses = responses,
            Since = time.GetUtcNow(),
            UpdateTypes = UpdateType.Distinct(request.UpdateTypes),
        };
        _output = new WatchOutput(Watcher, settings, time);
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
                var step = SendNext();
                switch (step)
                {
                    case FeedStep.Updates:
                        break;
                    case FeedStep.Parked:
                        await Watcher.WaitAsync().ConfigureAwait(false);
                        break;
                    default:
                        await _output.FlushedAsync().ConfigureAwait(false);
                        ended = await GoOnAsync(step).ConfigureAwait(false);
                        break;
                }
            }

            // A status goes behind what was sent.
            await _output.FlushedAsync().ConfigureAwait(false);
            return ended;
        }
        catch (OperationCanceledException) when (Watcher.GivenUp.IsCancellationRequested)
        {
            return new RpcStatus(
                RpcCode.ResourceExhausted, $"the client took nothing for {_settings.StallLimit.TotalSeconds:0} s");
        }
        finally
        {
            // Of what the client has not taken nobody can say how far it came; where it then gets a status after all, it has none of ours.
            if (!Watcher.IsFlushing)
            {
                Watcher.Call.SetTrailer(RevisionHeader, Text(_output.SentRevision));
            }
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
            case FeedStep.Behind:
                return await CatchUpAsync().ConfigureAwait(false) is { } failed ? End(failed) : null;
            case FeedStep.Signalled:
                SeeToSignals();
                return null;
            case FeedStep.Flushing:
                return null;
            case FeedStep.Ended:
                return End(SessionEnded());
            case FeedStep.Draining:
                return End(new RpcStatus(RpcCode.Unavailable, "the server is shutting down"));
            default:
                return End(LogUnreachable());
        }
    }

    private void SeeToSignals()
    {
        var signals = Feed!.TakeSignals(Watcher);
        Cancellation.ThrowIfCancellationRequested();
        Watcher.GivenUp.ThrowIfCancellationRequested();
        if (signals.HasFlag(WatchSignals.WindowClosed))
        {
            FlushWindow();
        }
        else if (signals.HasFlag(WatchSignals.HeartbeatDue) && _window is not { IsOpen: true })
        {
            // An open window holds changes back that the heartbeat would say were sent.
            SendHeartbeat();
        }
    }

    private RpcStatus End(RpcStatus status)
    {
        if (_window is { IsOpen: true })
        {
            FlushWindow();
        }

        return status;
    }

    private void Signal(WatchSignals signal) => Feed?.Signal(Watcher, signal);

    private RpcStatus SessionEnded() => new(RpcCode.Cancelled, $"session {Key.SessionId} ended");

    private RpcStatus LogUnreachable() =>
        new(RpcCode.Unavailable, $"the log of session {Key.SessionId} could not be read for {_settings.LogPatience.TotalSeconds:0} s");

    private static string Text(long revision) => revision.ToString(CultureInfo.InvariantCulture);
}
