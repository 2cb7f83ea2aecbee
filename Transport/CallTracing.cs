using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>
/// Calls as spans of a trace, where somebody listens to the source `Snakepit.Transport`: the caller's W3C `traceparent`
/// is continued, and goes on with the calls made meanwhile. Where nobody listens, what the caller has sent still goes on, and into
/// the log. Attributes are those of OpenTelemetry's conventions for RPC.
/// </summary>
internal static class CallTracing
{
    /// <summary>Among a span's baggage: what the caller called its call.</summary>
    public const string CorrelationKey = RpcHeaders.Correlation;

    // It goes into every line that is logged of its call.
    private const int LongestCorrelationId = 256;

    // On each served call's span from its beginning, so that a sampler can tell it from others.
    private static readonly KeyValuePair<string, object?> SystemTag = new("rpc.system.name", "grpc");

    private static readonly ActivitySource Source = new("Snakepit.Transport");

    /// <summary>
    /// A served call's span; null where it is not sampled and its caller has said neither which trace it belongs to nor
    /// what it calls it. Ends with <see cref="End"/>.
    /// </summary>
    /// <param name="method">What is called.</param>
    /// <param name="http">How.</param>
    /// <param name="ratio">
    /// The share of calls that begin a trace where the caller has not decided it. Decided here, before there is a span:
    /// one that nobody will see costs a tenth of a short call.
    /// </param>
    public static Activity? BeginServed(RpcMethod method, HttpExchange http, double ratio)
    {
        var headers = http.Request.Headers;
        ActivityContext parent = default;
        var isDecided = headers.TraceParent is { Count: > 0 } given
            && ActivityContext.TryParse(given, headers.TraceState, isRemote: true, out parent);
        var correlation = headers.TryGetValue(CorrelationKey, out var sent) && sent is [{ Length: > 0 and <= LongestCorrelationId } id, ..] ? id : null;
        var isSampled = Source.HasListeners() && (isDecided || Random.Shared.NextDouble() < ratio);
        if (!isSampled && !isDecided && correlation is null)
        {
            // What the server's framework makes of a request is no call of ours: who listens is not to take it for one.
            if (Source.HasListeners())
            {
                Activity.Current = null;
            }

            return null;
        }

        Activity.Current = null;
        var span = (isSampled ? Source.StartActivity(ActivityKind.Server, parent, [SystemTag], name: method.FullName) : null)
            ?? Unrecorded(method, parent);
        if (span.IsAllDataRequested)
        {
            span.SetTag("rpc.method", method.FullName).SetTag("snakepit.correlation_id", correlation);
        }

        if (correlation is not null)
        {
            span.SetBaggage(CorrelationKey, correlation);
        }

        return span;
    }

    /// <summary>A made call's span, as above.</summary>
    public static Activity? BeginMade(string path, string target)
    {
        var span = Source.HasListeners() ? Source.StartActivity(path[1..], ActivityKind.Client) : null;
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag(SystemTag.Key, SystemTag.Value).SetTag("rpc.method", path[1..]).SetTag("server.address", target);
        }

        return span;
    }

    /// <summary>Tells the server which span caused its own: the call's, or where that is not recorded the present one, or the caller's.</summary>
    public static void Propagate(Activity? span, HttpRequestHeaders headers)
    {
        // Who gave a parent with the call's own metadata knows better.
        if (TraceContext.Of(span ?? Activity.Current) is not { } cause || headers.Contains(TraceContext.ParentHeader))
        {
            return;
        }

        headers.TryAddWithoutValidation(TraceContext.ParentHeader, TraceContext.TextOf(cause));
        if (cause.TraceState is { Length: > 0 } state)
        {
            headers.TryAddWithoutValidation(TraceContext.StateHeader, state);
        }
    }

    public static void End(Activity? span, RpcCode code)
    {
        if (span is null)
        {
            return;
        }

        if (span.IsAllDataRequested)
        {
            span.SetTag("rpc.response.status_code", code.Name());
            if (IsServersFault(code))
            {
                span.SetStatus(ActivityStatusCode.Error, ((int)code).ToString(CultureInfo.InvariantCulture));
            }
        }

        span.Dispose();
    }

    /// <summary>What carries on what the caller has sent, and is no span for anyone.</summary>
    private static Activity Unrecorded(RpcMethod method, ActivityContext parent)
    {
        var carrier = new Activity(method.FullName) { IsAllDataRequested = false, TraceStateString = parent.TraceState };
        if (parent != default)
        {
            carrier.SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags);
        }

        return carrier.Start();
    }

    private static bool IsServersFault(RpcCode code) => code is
        RpcCode.Unknown or RpcCode.DeadlineExceeded or RpcCode.Unimplemented or RpcCode.Internal or RpcCode.Unavailable or RpcCode.DataLoss;
}
