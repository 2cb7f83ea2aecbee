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

        foreach (var pattern in request.Patterns)
        {
            if (Names.Check(pattern, "pattern", limits) is { } badPattern)
            {
                return badPattern;
            }
        }

        var unknown = request.UpdateTypes.FirstOrDefault(type => !UpdateType.All.Contains(type));
        return unknown is null
            ? null
            : Refusal.Invalid($"update type '{unknown}' must be one of: {string.Join(", ", UpdateType.All)}");
    }
}
