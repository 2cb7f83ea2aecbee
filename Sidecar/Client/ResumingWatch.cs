using System.Globalization;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Sidecar.Client;

/// <summary>
/// A watch that outlives its connection: it goes on after the last revision it has seen, so that nothing is
/// missed and nothing comes twice.
/// </summary>
internal sealed class ResumingWatch(ServerConnection server, WatchVariablesRequest request)
{
    private const string RevisionHeader = "snakepit-revision";
    private const string Heartbeat = "heartbeat";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private bool _wasConnected;
    private TimeSpan _pause = FirstPause;

    /// <summary>
    /// Runs until cancelled or until the server ends the watch for good. Throws <see cref="RpcException"/> for
    /// that, and where no connection came about in the first place.
    /// </summary>
    /// <param name="onUpdate">Sees each update, in order.</param>
    /// <param name="onLost">Told that a connection was lost, and after which revision it will go on; null = from the current values.</param>
    /// <param name="cancellation">Ends the watch.</param>
    public async Task RunAsync(
        Action<VariableUpdate> onUpdate, Action<RpcException, long?> onLost, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await FollowAsync(onUpdate, cancellation);
                throw new RpcException(RpcCode.Unavailable, "the server ended the watch");
            }
            catch (RpcException failure) when (_wasConnected && RpcFailure.IsUnreachable(failure))
            {
                if (_pause == FirstPause)
                {
                    onLost(failure, request.HasFromRevision ? request.FromRevision : null);
                }
            }

            await Task.Delay(_pause, cancellation);
            _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        }
    }

    private async Task FollowAsync(Action<VariableUpdate> onUpdate, CancellationToken cancellation)
    {
        using var updates = server.Watch(request, cancellation);
        var headers = await updates.ResponseHeaders.WaitAsync(cancellation);
        if (!request.HasFromRevision && !request.IncludeInitialValues && headers.TryGetValue(RevisionHeader, out var start))
        {
            request.FromRevision = long.Parse(start, CultureInfo.InvariantCulture);
        }

        var isSettled = false;
        await foreach (var update in updates.ReadAllAsync(cancellation))
        {
            if (!isSettled)
            {
                isSettled = _wasConnected = true;
                _pause = FirstPause;
            }

            onUpdate(update);
            Note(update);
        }
    }

    /// <summary>
    /// Values of a snapshot carry no revision of the session: only the heartbeat behind them says that it was
    /// whole.
    /// </summary>
    private void Note(VariableUpdate update)
    {
        if (update.Revision > 0 && (update.UpdateType == Heartbeat || request.HasFromRevision))
        {
            request.FromRevision = Math.Max(update.Revision, request.HasFromRevision ? request.FromRevision : 0);
        }
    }
}
