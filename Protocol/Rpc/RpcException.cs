namespace Snakepit.Protocol.Rpc;

/// <summary>
/// A call ended with a status other than OK. Clients throw it; a handler may, where it cannot return a
/// status (inside a stream), and the transport then sends exactly that status.
/// </summary>
public sealed class RpcException : Exception
{
    public RpcException(RpcStatus status, IReadOnlyDictionary<string, string>? trailers = null)
        : base($"{status.Code}: {status.Message}")
    {
        Status = status;
        Trailers = trailers ?? new Dictionary<string, string>();
    }

    public RpcException(RpcCode code, string message)
        : this(new RpcStatus(code, message))
    {
    }

    public RpcStatus Status { get; }

    /// <summary>It is certain that no server saw the call: whoever must send a call once only may send it elsewhere.</summary>
    public bool NeverSent { get; init; }

    /// <summary>The call's trailing metadata, by lower-case name; empty where none came.</summary>
    public IReadOnlyDictionary<string, string> Trailers { get; }
}
