using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Sessions.Commands;

namespace Snakepit.Bridge.Watching;

/// <summary>What can be judged of a watch before the session is asked.</summary>
internal static class WatchRequests
{
    public static Refusal? Check(WatchVariablesRequest request, SessionLimits limits)
    {
        if (Names.Check(request.SessionId, "session_id", limits) is { } badId)
        {
            return badId;
        }

        if (request.HasFromRevision && request.FromRevision < 0)
        {
            return Refusal.Invalid($"from_revision must not be negative, got {request.FromRevision}");
        }

        if (request.MinIntervalMs < 0)
        {
            return Refusal.Invalid($"min_interval_ms must not be negative, got {request.MinIntervalMs}");
        }

        var named = request.VariableIdentifiers.Count + request.Patterns.Count;
        if (named > limits.MaxBatch)
        {
            return Refusal.Exhausted($"the watch names {named} variables and patterns, the limit is {limits.MaxBatch}");
        }

        // Counted, here and below: the enumerator of a repeated field is an object.
        for (var n = 0; n < request.Patterns.Count; n++)
        {
            if (Names.Check(request.Patterns[n], "pattern", limits) is { } badPattern)
            {
                return badPattern;
            }
        }

        for (var n = 0; n < request.UpdateTypes.Count; n++)
        {
            if (!UpdateType.All.Contains(request.UpdateTypes[n]))
            {
                return Refusal.Invalid($"update type '{request.UpdateTypes[n]}' must be one of: {string.Join(", ", UpdateType.All)}");
            }
        }

        return null;
    }
}
