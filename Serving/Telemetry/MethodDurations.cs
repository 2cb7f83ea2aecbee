using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Serving.Telemetry;

/// <summary>
/// Tells of one method's calls. Each processor's are for themselves: told at one place, two would wait for each other.
/// </summary>
/// <param name="method">The method's number.</param>
/// <param name="processors">Whom it tells, one for each processor.</param>
internal sealed class MethodDurations(int method, CallDurations[] processors) : IMethodObserver
{
    public void CallEnded(RpcCode status, TimeSpan duration)
    {
        var call = new EndedCall(method, status, duration);

        // Who is at this processor's may be counting, or have lost the processor to this thread: there are the others'.
        var wait = default(SpinWait);
        for (var n = Thread.GetCurrentProcessorId() % processors.Length; !processors[n].TryAdd(call);)
        {
            n = (n + 1) % processors.Length;
            wait.SpinOnce();
        }
    }
}
