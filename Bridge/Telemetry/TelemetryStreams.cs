using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Bridge.Telemetry;

/// <summary>Serves <c>StreamTelemetry</c>: events down, and up what the subscriber wants to see.</summary>
internal sealed class TelemetryStreams(TelemetryHub events)
{
    private const int FlushAfter = 32;

    /// <summary>
    /// Headers go out as soon as events are collected for this subscriber. It may end its own stream and is sent
    /// events all the same.
    /// </summary>
    public async Task<RpcStatus> StreamAsync(
        IRequestStream<TelemetryControl> controls, IResponseStream responses, RpcCall call)
    {
        if (events.Subscribe(call.Principal) is not { } subscriber)
        {
            return new RpcStatus(RpcCode.ResourceExhausted, "the limit on subscribers of telemetry is reached");
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(call.Cancellation, events.Draining);
        var controlled = ControlAsync(controls, subscriber, end.Token);
        try
        {
            await responses.StartAsync();
            await SendAsync(subscriber, responses, end.Token);
            return RpcStatus.Ok;
        }
        catch (OperationCanceledException) when (events.Draining.IsCancellationRequested && !call.Cancellation.IsCancellationRequested)
        {
            return new RpcStatus(RpcCode.Unavailable, "the server is shutting down");
        }
        finally
        {
            events.Leave(subscriber);
            await end.CancelAsync();
            await controlled;
        }
    }

    private static async Task SendAsync(TelemetrySubscriber subscriber, IResponseStream responses, CancellationToken cancellation)
    {
        while (true)
        {
            var written = 0;
            do
            {
                responses.Write(await subscriber.NextAsync(cancellation));
            }
            while (++written < FlushAfter && subscriber.HasMore);
            await responses.FlushAsync(cancellation);
        }
    }

    private static async Task ControlAsync(
        IRequestStream<TelemetryControl> controls, TelemetrySubscriber subscriber, CancellationToken cancellation)
    {
        try
        {
            while (await controls.ReadAsync(cancellation) is { } control)
            {
                subscriber.Control(control);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or RpcException)
        {
            // Whoever sends nothing that can be read goes on with what was said before.
        }
    }
}
