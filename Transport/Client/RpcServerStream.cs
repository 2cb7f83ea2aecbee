using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Snakepit.Transport;

/// <summary>A call with any number of responses. One reader. Disposing it cancels the call.</summary>
public class RpcServerStream<TResponse> : IDisposable
    where TResponse : class, IMessage<TResponse>
{
    internal RpcServerStream(ClientCall<TResponse> call)
    {
        Call = call;
    }

    /// <summary>
    /// The response headers, when they come: before the first response. Throws as
    /// <see cref="ReadAsync"/> does where the call ended without any.
    /// </summary>
    public Task<IReadOnlyDictionary<string, string>> ResponseHeaders => field ??= Call.HeadersAsync();

    /// <summary>The trailing metadata; empty until the call has ended.</summary>
    public IReadOnlyDictionary<string, string> Trailers => Call.Trailers;

    internal ClientCall<TResponse> Call { get; }

    /// <summary>
    /// The next response; null = the call ended with OK. Throws <see cref="Protocol.Rpc.RpcException"/> for
    /// every other end, <see cref="OperationCanceledException"/> when the caller itself cancelled. To cancel
    /// a read is to cancel the call.
    /// </summary>
    public ValueTask<TResponse?> ReadAsync(CancellationToken cancellation = default) => Call.ReadAsync(cancellation);

    /// <summary>The responses to the call's end; throws as <see cref="ReadAsync"/> does.</summary>
    public async IAsyncEnumerable<TResponse> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (await ReadAsync(cancellation) is { } response)
        {
            yield return response;
        }
    }

    public void Dispose()
    {
        Call.Dispose();
        GC.SuppressFinalize(this);
    }
}
