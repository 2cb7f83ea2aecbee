using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Tools;
using Snakepit.Sessions;

namespace Snakepit.Bridge.Tools.Attached;

/// <summary>Serves <c>Attach</c>: a host for as long as its stream lives.</summary>
internal sealed class AttachedStreams(
    ISessions sessions, ToolHosts hosts, SessionLimits limits, ToolSettings settings, TimeProvider time, ILogger logger)
{
    /// <summary>How long an ended stream's last messages may take.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    public async Task<RpcStatus> AttachAsync(IRequestStream<HostMessage> requests, IResponseStream responses, RpcCall call)
    {
        var greeted = await GreetAsync(requests, call.Principal, call.Cancellation);
        if (greeted.IsRefused)
        {
            return greeted.Refusal.ToStatus();
        }

        var host = greeted.Value;
        if (hosts.Attach(host) is { } refusal)
        {
            return refusal.ToStatus();
        }

        logger.HostAttached(host.Identity.Id, call.Peer);
        try
        {
            var status = await ServeAsync(host, requests, responses, call.Cancellation);
            logger.HostDetached(host.Identity.Id, call.Peer, status.Code, status.Message);
            return status;
        }
        catch (Exception failure) when (failure is OperationCanceledException or RpcException)
        {
            logger.HostLost(host.Identity.Id, call.Peer, failure.Message);
            throw;
        }
        finally
        {
            hosts.Detach(host);
            host.Lose();
        }
    }

    private async Task<Outcome<AttachedHost>> GreetAsync(
        IRequestStream<HostMessage> requests, Principal owner, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(settings.HelloPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        HostMessage? first;
        try
        {
            first = await requests.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return Refusal.Invalid($"no hello came within {settings.HelloPatience.TotalSeconds} s");
        }

        if (first?.Hello is not { } hello)
        {
            return Refusal.Invalid("the first message must be a hello");
        }

        if (hello.MaxConcurrentCalls < 0)
        {
            return Refusal.Invalid($"max_concurrent_calls must not be negative, got {hello.MaxConcurrentCalls}");
        }

        var id = hello.HostId.Length > 0 ? hello.HostId : $"host-{Guid.NewGuid():N}";
        if ((HostIds.Check(id, "host_id") ?? Metadata.CheckSize(hello.Metadata, limits)) is { } refusal)
        {
            return refusal;
        }

        return new AttachedHost(id, hello, settings, time, owner);
    }

    private async Task<RpcStatus> ServeAsync(
        AttachedHost host, IRequestStream<HostMessage> requests, IResponseStream responses, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        host.Outbox.Add(new ServerMessage
        {
            Welcome = new Welcome
            {
                HostId = host.Identity.Id,
                ServerTime = Timestamp.FromDateTimeOffset(time.GetUtcNow()),
                MaxMessageBytes = settings.MaxReceiveMessageSize,
            },
        });
        var offers = new HostOffers(sessions, host, hosts, limits, logger);
        var writing = host.Outbox.WriteAllAsync(responses, end.Token);
        var offering = offers.RunAsync(end.Token);
        var reading = ReadAllAsync(host, offers, requests, end.Token);
        try
        {
            var first = await Task.WhenAny(reading, writing, offering, host.Ended);
            if (first != host.Ended)
            {
                await first;
                return RpcStatus.Ok;
            }

            host.Outbox.Complete();
            await Task.WhenAny(writing, Task.Delay(LastWords, time, end.Token));
            return await host.Ended;
        }
        finally
        {
            await end.CancelAsync();
            await ((Task)Task.WhenAll(reading, writing, offering)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Until the host has sent its last message.</summary>
    private static async Task ReadAllAsync(
        AttachedHost host, HostOffers offers, IRequestStream<HostMessage> requests, CancellationToken cancellation)
    {
        while (await requests.ReadAsync(cancellation) is { } message)
        {
            switch (message.ContentCase)
            {
                case HostMessage.ContentOneofCase.Result:
                    host.TakeResult(message.Result);
                    break;
                case HostMessage.ContentOneofCase.Chunk:
                    host.TakeChunk(message.Chunk);
                    break;
                case HostMessage.ContentOneofCase.End:
                    host.TakeEnd(message.End);
                    break;
                case HostMessage.ContentOneofCase.Offer:
                case HostMessage.ContentOneofCase.Withdrawal:
                    await offers.AddAsync(message, cancellation);
                    break;
                case HostMessage.ContentOneofCase.Hello:
                    throw new RpcException(RpcCode.InvalidArgument, "a hello can only be the first message");
                default:
                    // Of a later protocol.
                    break;
            }
        }
    }
}
