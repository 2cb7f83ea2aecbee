using Google.Protobuf;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>
/// The hot path. Where the request has arrived and the handler answers at once, a call runs through
/// without a state machine, a timer or a token.
/// </summary>
internal sealed class BoundUnaryMethod<TRequest, TResponse>(UnaryMethod<TRequest, TResponse> method) : BoundMethod(method)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage
{
    private readonly MessageParser<TRequest> _parser = method.Parser;
    private readonly Func<TRequest, RpcCall, ValueTask<RpcResult<TResponse>>> _handler = method.Handler;

    public override Task InvokeAsync(ServerCall call)
    {
        TRequest? request = null;
        try
        {
            if (!call.Body.TryReadSingle(_parser, ref request))
            {
                return ReadAndAnswerAsync(call, request);
            }
        }
        catch (Exception exception)
        {
            call.Fail(exception);
            return call.SettledAsync();
        }

        return AnswerAsync(call, request!);
    }

    /// <summary>Runs a call whose request has been read.</summary>
    public Task AnswerAsync(ServerCall call, TRequest request)
    {
        ValueTask<RpcResult<TResponse>> answer;
        try
        {
            answer = _handler(request, call);
            if (answer.IsCompletedSuccessfully)
            {
                call.Answer(answer.Result);
                return call.SettledAsync();
            }
        }
        catch (Exception exception)
        {
            call.Fail(exception);
            return call.SettledAsync();
        }

        return AwaitAnswerAsync(call, answer);
    }

    private static async Task AwaitAnswerAsync(ServerCall call, ValueTask<RpcResult<TResponse>> answer)
    {
        call.Deadline();
        try
        {
            call.Answer(await answer);
        }
        catch (Exception exception)
        {
            call.Fail(exception);
        }

        await call.SettledAsync();
    }

    private async Task ReadAndAnswerAsync(ServerCall call, TRequest? request)
    {
        call.Deadline();
        try
        {
            call.Answer(await _handler(await call.Body.ReadSingleAsync(_parser, request), call));
        }
        catch (Exception exception)
        {
            call.Fail(exception);
        }

        await call.SettledAsync();
    }
}
