using Grpc.Core;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.GrpcGateway.Rpc;

/// <summary>The requests of a streaming call, read by Grpc.AspNetCore.</summary>
internal sealed class RequestReader<T>(ServerCall call, IAsyncStreamReader<T> requests) : IRequestStream<T>
    where T : class
{
    public async ValueTask<T?> ReadAsync(CancellationToken cancellation)
    {
        ThrowIfOver();
        try
        {
            return await requests.MoveNext(cancellation) ? requests.Current : null;
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (Exception failure)
        {
            ThrowIfOver();
            throw RequestFailure.Of(failure, call.MaxReceiveMessageSize);
        }
    }

    private void ThrowIfOver()
    {
        if (call.Http.Lifetime.RequestAborted.IsCancellationRequested)
        {
            throw new CallerGoneException();
        }

        if (call.HasEnded)
        {
            throw new OperationCanceledException("the call has ended");
        }
    }
}
