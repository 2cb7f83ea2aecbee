namespace Snakepit.Protocol.Rpc;

/// <summary>The requests of a streaming call. Single reader.</summary>
public interface IRequestStream<T>
    where T : class
{
    /// <summary>The next message; null when the caller has sent its last.</summary>
    ValueTask<T?> ReadAsync(CancellationToken cancellation);
}
