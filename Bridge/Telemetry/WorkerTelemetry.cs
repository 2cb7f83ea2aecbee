using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Sessions;
using Snakepit.Transport;

namespace Snakepit.Bridge.Telemetry;

/// <summary>
/// Passes on what a worker tells of itself, with its id, until disposed of. A worker has one stream of telemetry:
/// whoever subscribes twice gets half of it.
/// </summary>
public sealed class WorkerTelemetry : IAsyncDisposable
{
    private const string Path = "/snakepit.bridge.BridgeService/StreamTelemetry";

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _end = new();
    private readonly string _workerId;
    private readonly RpcChannel _channel;
    private readonly TelemetryHub _events;
    private readonly TimeProvider _time;
    private readonly string _tenant;
    private readonly Action? _lost;
    private readonly Task _running;

    /// <param name="workerId">Added to the metadata of each event, as `worker_id`.</param>
    /// <param name="channel">To the worker. Not disposed of.</param>
    /// <param name="events">Where its events go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="tenant">Whose worker it is.</param>
    /// <param name="lost">Told each time that the stream broke off, which it does when the worker dies.</param>
    public WorkerTelemetry(string workerId, RpcChannel channel, TelemetryHub events, TimeProvider time, string tenant = "", Action? lost = null)
    {
        (_workerId, _channel, _events, _time, _tenant, _lost) = (workerId, channel, events, time, tenant, lost);
        _running = RepeatAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _end.Dispose();
    }

    private async Task RepeatAsync()
    {
        var pause = FirstPause;
        try
        {
            while (true)
            {
                if (await FollowAsync() is { } failure)
                {
                    if (failure.Status.Code == RpcCode.Unimplemented)
                    {
                        return;
                    }

                    _lost?.Invoke();
                }
                else
                {
                    pause = FirstPause;
                }

                await Task.Delay(pause, _time, _end.Token);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // Nobody is interested in the worker any more.
        }
    }

    /// <summary>What the stream ended with; null = with OK.</summary>
    private async Task<RpcException?> FollowAsync()
    {
        try
        {
            using var stream = _channel.Duplex<TelemetryControl, TelemetryEvent>(
                Path, TelemetryEvent.Parser, cancellation: _end.Token);
            await foreach (var told in stream.ReadAllAsync(_end.Token))
            {
                told.Metadata["worker_id"] = _workerId;
                _events.Publish(told, new SessionKey(_tenant, told.Metadata.GetValueOrDefault("session_id") ?? ""));
            }

            return null;
        }
        catch (RpcException failure)
        {
            return failure;
        }
    }
}
