using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>Sees the calls of a server, for metrics. Called on the call's own path: be quick, do not throw.</summary>
public interface ICallObserver
{
    /// <summary>The status of a call to a known method is settled; its last bytes may still be on their way.</summary>
    void CallEnded(RpcMethod method, RpcCode status, TimeSpan duration);
}
