using Google.Protobuf;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <inheritdoc/>
internal sealed class BoundDuplexMethod<TRequest>(DuplexMethod<TRequest> method) : BoundMethod(method)
    where TRequest : class, IMessage<TRequest>
{
    public override async Task InvokeAsync(ServerCall call)
    {
        call.Deadline();
        try
        {
            var requests = new RequestStream<TRequest>(call, method.Parser);
            call.End(await method.Handler(requests, new ResponseStream(call), call));
        }
        catch (Exception exception)
        {
            call.Fail(exception);
        }

        await call.SettledAsync();
    }
}
