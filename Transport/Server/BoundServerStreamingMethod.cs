using Google.Protobuf;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <inheritdoc/>
internal sealed class BoundServerStreamingMethod<TRequest>(ServerStreamingMethod<TRequest> method) : BoundMethod(method)
    where TRequest : class, IMessage<TRequest>
{
    public override async Task InvokeAsync(ServerCall call)
    {
        call.Deadline();
        TRequest request;
        try
        {
            request = await call.Body.ReadSingleAsync(method.Parser, null);
        }
        catch (Exception exception)
        {
            call.Fail(exception);
            await call.SettledAsync();
            return;
        }

        await AnswerAsync(call, request);
    }

    /// <summary>Runs a call whose request has been read.</summary>
    public async Task AnswerAsync(ServerCall call, TRequest request)
    {
        try
        {
            call.End(await method.Handler(request, new ResponseStream(call), call));
        }
        catch (Exception exception)
        {
            call.Fail(exception);
        }

        await call.SettledAsync();
    }
}
