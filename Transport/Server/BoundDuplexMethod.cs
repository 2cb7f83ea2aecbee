using Google.Protobuf;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <inheritdoc/>
internal sealed class BoundDuplexMethod<TRequest>(DuplexMethod<TRequest> method) : BoundMethod(method)
    where TRequest : class, IMessage<TRequest>
{
    public override Task InvokeAsync(ServerCall call)
    {
        call.Deadline();
        return AnswerAsync(call, new RequestStream<TRequest>(call, method.Parser));
    }

    /// <summary>Runs a call whose requests come from this stream.</summary>
    public async Task AnswerAsync(ServerCall call, IRequestStream<TRequest> requests)
    {
        try
        {
            call.End(await method.Handler(requests, new ResponseStream(call), call));
        }
        catch (Exception exception)
        {
            call.Fail(exception);
        }

        await call.SettledAsync();
    }
}
