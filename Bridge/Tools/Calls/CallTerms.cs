using System.Globalization;
using Google.Protobuf.Collections;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Bridge.Tools.Calls;

/// <summary>What a caller says of a call beside the tool and its parameters.</summary>
/// <param name="CorrelationId">As given in the metadata, else in the header, else made up. Printable ASCII.</param>
/// <param name="Timeout">From the call's arrival.</param>
/// <param name="Began">Its timestamp.</param>
/// <param name="Hops">Servers that sent it on to one that they took for a worker.</param>
internal sealed record CallTerms(string CorrelationId, TimeSpan Timeout, long Began, int Hops)
{
    /// <summary>More is a circle: a worker announced at the address of a server, maybe its own.</summary>
    private const int MostHops = 4;

    public const string CorrelationKey = "correlation_id";
    private const string TimeoutKey = "timeout_ms";
    private const int LongestCorrelationId = 256;

    /// <summary>What timers and headers can hold.</summary>
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(24);

    /// <summary>Null with a refusal that names what is wrong.</summary>
    public static CallTerms? Read(
        RpcCall call, MapField<string, string> metadata, TimeSpan usual, TimeProvider time, out ToolRefusal? refusal)
    {
        var id = metadata.GetValueOrDefault(CorrelationKey) is { Length: > 0 } given
            ? given
            : call.Header(RpcHeaders.Correlation) is { Length: > 0 } sent ? sent : Guid.NewGuid().ToString();
        if (id.Length > LongestCorrelationId || id.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            refusal = ToolRefusal.Of(
                RpcCode.InvalidArgument, $"{CorrelationKey} must be printable ASCII of at most {LongestCorrelationId} characters");
            return null;
        }

        var timeout = call.Timeout ?? usual;
        if (call.Timeout is null && metadata.TryGetValue(TimeoutKey, out var text))
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) || milliseconds == 0)
            {
                refusal = ToolRefusal.Of(
                    RpcCode.InvalidArgument,
                    $"metadata {TimeoutKey} must be a whole number of milliseconds, 1 to {int.MaxValue}, got '{text}'");
                return null;
            }

            timeout = TimeSpan.FromMilliseconds(milliseconds);
        }

        if (call.Header(RpcHeaders.Hops) is not { } sentOn
            || !int.TryParse(sentOn, NumberStyles.None, CultureInfo.InvariantCulture, out var hops))
        {
            hops = 0;
        }

        if (hops >= MostHops)
        {
            refusal = ToolRefusal.Of(
                RpcCode.FailedPrecondition,
                $"the call was sent on from server to server {hops} times: one of them is announced as a worker, maybe to itself");
            return null;
        }

        refusal = null;
        return new CallTerms(id, timeout < LongestTimeout ? timeout : LongestTimeout, time.GetTimestamp(), hops);
    }
}
