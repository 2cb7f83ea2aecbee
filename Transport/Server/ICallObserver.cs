using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>Sees the calls of a server, for metrics.</summary>
public interface ICallObserver
{
    /// <summary>Who sees those of one method; asked before any is served.</summary>
    IMethodObserver Of(RpcMethod method);

    /// <summary>Who sees those of methods that there are not.</summary>
    IMethodObserver OfUnknown { get; }
}

/// <summary>Sees the calls of one method. Called on the call's own path, by any thread: be quick, do not throw.</summary>
public interface IMethodObserver
{
    /// <summary>The status of a call is settled; its last bytes may still be on their way.</summary>
    void CallEnded(RpcCode status, TimeSpan duration);
}
