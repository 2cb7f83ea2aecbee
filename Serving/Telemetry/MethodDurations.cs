using System.Diagnostics.Metrics;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Serving.Telemetry;

/// <summary>
/// Durations of one method's calls. Each processor counts its own: told at one place, two would wait for each other.
/// </summary>
/// <param name="method">The method's full name.</param>
/// <param name="histogram">Where they are recorded, if somebody listens.</param>
internal sealed class MethodDurations(string method, Histogram<double> histogram) : IMethodObserver
{
    // Most methods are not called on most processors.
    private readonly CallDurations?[] _processors = new CallDurations?[Environment.ProcessorCount];

    public void CallEnded(RpcCode status, TimeSpan duration)
    {
        // Who is at this processor's may be recording, or have lost the processor to this thread: there are the others'.
        var wait = default(SpinWait);
        for (var n = Thread.GetCurrentProcessorId() % _processors.Length; !(_processors[n] ?? Begin(n)).TryAdd(status, duration);)
        {
            n = (n + 1) % _processors.Length;
            wait.SpinOnce();
        }
    }

    /// <summary>Those that there are, a processor each.</summary>
    public IEnumerable<CallDurations> Begun()
    {
        for (var n = 0; n < _processors.Length; n++)
        {
            if (Volatile.Read(ref _processors[n]) is { } begun)
            {
                yield return begun;
            }
        }
    }

    private CallDurations Begin(int processor)
    {
        var begun = new CallDurations(method, histogram);
        return Interlocked.CompareExchange(ref _processors[processor], begun, null) ?? begun;
    }
}
