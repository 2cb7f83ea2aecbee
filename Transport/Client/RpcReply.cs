namespace Snakepit.Transport;

/// <summary>The answer to a unary call, with the metadata that came before and after it.</summary>
public sealed record RpcReply<T>(
    T Message,
    IReadOnlyDictionary<string, string> Headers,
    IReadOnlyDictionary<string, string> Trailers);
