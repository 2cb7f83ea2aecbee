using Snakepit.Protocol.Rpc;

namespace Snakepit.Sidecar.Workers;

/// <summary>Why a call gets no worker. Most begin with the word that upstream has for it.
/// None was sent, and another host may be tried; but a session that is bound to its worker stays with it.</summary>
internal static class PoolRefusals
{
    public static RpcException Full(string pool, int limit) => new(
        RpcCode.ResourceExhausted, $"pool_saturated: pool queue full: {limit} calls wait for a worker of {pool}")
    {
        NeverSent = true,
    };

    public static RpcException WaitedTooLong(string pool, TimeSpan waited, int ready) => new(
        RpcCode.Unavailable,
        $"queue_timeout: no worker of {pool} became free within {waited.TotalSeconds:0.###} s in the queue; {ready} workers are up")
    {
        NeverSent = true,
    };

    public static RpcException DeadlinePassed(string pool) => new(
        RpcCode.DeadlineExceeded, $"the call's deadline passed in the queue of {pool}");

    public static RpcException Busy(string worker, string session) => new(
        RpcCode.ResourceExhausted, $"worker_busy: {worker}, the worker of session {session}, is busy");

    /// <summary>
    /// Not UNAVAILABLE: to send the same call again would find a worker that knows nothing of what the session had
    /// in the old one. It is for the caller to build that up anew.
    /// </summary>
    public static RpcException WorkerLost(string worker, string session) => new(
        RpcCode.Aborted,
        $"session_worker_unavailable: {worker}, the worker of session {session}, has ended with what it held of the session");

    public static RpcException Stopping(string pool) => new(RpcCode.Unavailable, $"{pool} stops: it takes no new calls")
    {
        NeverSent = true,
    };
}
