using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>
/// Calls as spans of a trace, where somebody listens to the source `Snakepit.Transport`: the caller's W3C `traceparent`
/// is continued, and goes on with the calls made meanwhile. Attributes are those of OpenTelemetry's conventions for RPC.
/// </summary>
internal static class CallTracing
{
    public const string ParentHeader = "traceparent";
    public const string StateHeader = "tracestate";

    // On each served call's span from its beginning, so that a sampler can tell it from others.
    private static readonly KeyValuePair<string, object?> SystemTag = new("rpc.system.name", "grpc");

    private static readonly ActivitySource Source = new("Snakepit.Transport");

    /// <summary>A served call's span; null where nobody listens or it is not sampled. Ends with <see cref="End"/>.</summary>
    /// <param name="method">What is called.</param>
    /// <param name="http">How.</param>
    /// <param name="ratio">
    /// The share of calls that begin a trace where the caller has not decided it. Decided here, before there is a span:
    /// one that nobody will see costs a tenth of a short call.
    /// </param>
    public static Activity? BeginServed(RpcMethod method, HttpExchange http, double ratio)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var headers = http.Request.Headers;

        // What Kestrel or its hosting made of the request is no span of ours: the caller's is the parent, or none.
        Activity.Current = null;
        ActivityContext parent = default;
        var isDecided = headers.TraceParent is { Count: > 0 } given
            && ActivityContext.TryParse(given, headers.TraceState, isRemote: true, out parent);
        if (!isDecided && Random.Shared.NextDouble() >= ratio)
        {
            return null;
        }

        var span = Source.StartActivity(ActivityKind.Server, parent, [SystemTag], name: method.FullName);
        if (span is null)
        {
            return null;
        }

        // Nobody will see what most calls are: that they are passed over is all there is to tell, to those they call.
        if (span.IsAllDataRequested)
        {
            span.SetTag("rpc.method", method.FullName);
        }

        if (headers.TryGetValue(RpcHeaders.Correlation, out var correlation) && correlation is [{ Length: > 0 } id, ..])
        {
            span.SetBaggage(RpcHeaders.Correlation, id);
            span.SetTag("snakepit.correlation_id", id);
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

    /// <summary>Tells the server which span caused its own: the call's, or where that is not recorded the present one.</summary>
    public static void Propagate(Activity? span, HttpRequestHeaders headers)
    {
        // Who gave a parent with the call's own metadata knows better.
        if ((span ?? Activity.Current) is not { IdFormat: ActivityIdFormat.W3C, Id: { } parent } cause || headers.Contains(ParentHeader))
        {
            return;
        }

        headers.TryAddWithoutValidation(ParentHeader, parent);
        if (cause.TraceStateString is { Length: > 0 } state)
        {
            headers.TryAddWithoutValidation(StateHeader, state);
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

    private static bool IsServersFault(RpcCode code) => code is
        RpcCode.Unknown or RpcCode.DeadlineExceeded or RpcCode.Unimplemented or RpcCode.Internal or RpcCode.Unavailable or RpcCode.DataLoss;
}
