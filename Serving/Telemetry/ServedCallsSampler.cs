using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Snakepit.Serving.Telemetry;

/// <summary>
/// Records each served call that has begun a trace, as what serves it has chosen which of them do; whatever else a
/// server does for nobody's call, as sweeping its store, begins none.
/// </summary>
internal sealed class ServedCallsSampler : Sampler
{
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        if (samplingParameters.Kind == ActivityKind.Server && samplingParameters.Tags is { } tags)
        {
            foreach (var tag in tags)
            {
                if (tag is { Key: "rpc.system.name", Value: "grpc" })
                {
                    return new SamplingResult(SamplingDecision.RecordAndSample);
                }
            }
        }

        return new SamplingResult(SamplingDecision.Drop);
    }
}
