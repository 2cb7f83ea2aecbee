using Google.Protobuf;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <inheritdoc/>
internal sealed class BoundServerStreamingMethod<TRequest>(ServerStreamingMethod<TRequest> method) : BoundMethod(method)
    where TRequest : class, IMessage<TRequest>
{
    public override Task InvokeAsync(ServerCall call)
    {
        call.Deadline();
        return AnswerAsync(call, null);
    }

    /// <summary>Runs a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="request">Its request; null = it is still to be read. Handlers keep of it what they need, and some wait for hours.</param>
    public async Task AnswerAsync(ServerCall call, TRequest? request)
    {
        try
        {
            var read = request ?? await call.Body.ReadSingleAsync(method.Parser, null);
            request = null;
            call.End(await method.Handler(read, new ResponseStream(call), call));
        }
        catch (Exception exception)
        {
            call.Fail(exception);
        }

        await call.SettledAsync();
    }
}
