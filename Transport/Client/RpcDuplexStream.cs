using Google.Protobuf;

namespace Snakepit.Transport;

/// <summary>A call with any number of requests and of responses. One writer, one reader, at once.</summary>
public sealed class RpcDuplexStream<TRequest, TResponse> : RpcServerStream<TResponse>
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly DuplexContent _requests;

    internal RpcDuplexStream(ClientCall<TResponse> call, DuplexContent requests)
        : base(call)
    {
        _requests = requests;
    }

    /// <summary>
    /// Sends one request. Throws <see cref="Protocol.Rpc.RpcException"/> where the call has failed or ended;
    /// reading then tells its status.
    /// </summary>
    public async ValueTask WriteAsync(TRequest request, CancellationToken cancellation = default)
    {
        try
        {
            await _requests.WriteAsync(request, cancellation);
        }
        catch (Exception failed)
        {
            throw Call.Failure(failed, cancellation);
        }
    }

    /// <summary>There are no more requests. Responses may still come.</summary>
    public void Complete() => _requests.Complete();
}
