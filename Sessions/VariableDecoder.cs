using Snakepit.Protocol.Bridge;
using Snakepit.Sessions.Values;

namespace Snakepit.Sessions;

/// <summary>Makes a variable's state from what the store kept of it.</summary>
public static class VariableDecoder
{
    /// <summary>
    /// The state that a stored message describes, without what the message does not hold: its edges and the
    /// revisions of its registration and value, which are taken from <paramref name="before"/>.
    /// </summary>
    /// <param name="message">The variable as stored, its value filled in.</param>
    /// <param name="largeValue">The revision under which its value is stored apart; 0 = it is not.</param>
    /// <param name="before">The variable as it was; null for a new one.</param>
    /// <param name="makesVersion">Whether the change that stored it gave it its value.</param>
    public static VariableState Decode(Variable message, long largeValue, VariableState? before, bool makesVersion)
    {
        var type = VariableType.Find(message.Type)
            ?? throw new InvalidDataException($"stored variable {message.Id} has unknown type '{message.Type}'");
        return new VariableState
        {
            Id = message.Id,
            Name = message.Name,
            Type = type,
            Constraints = CompiledConstraints(message, type, before),
            Value = makesVersion || before is null ? Value.FromStored(message.Value, message.BinaryValue) : before.Value,
            Metadata = message.Metadata.Count == 0 ? Metadata.Empty : new Dictionary<string, string>(message.Metadata),
            Source = message.Source,
            LastUpdatedAt = message.LastUpdatedAt.ToDateTimeOffset(),
            Version = message.Version,
            AccessControlJson = message.AccessControlJson,
            Access = before is not null && before.AccessControlJson == message.AccessControlJson
                ? before.Access
                : VariableAccess.OfStored(message.AccessControlJson),
            Optimization = message.OptimizationStatus is { Optimizing: true } status
                ? new OptimizationLock(status.OptimizerId, status.OptimizationId, status.StartedAt.ToDateTimeOffset())
                : null,
            Revision = message.Revision,
            RegisteredAt = before?.RegisteredAt ?? message.Revision,
            ValueRevision = makesVersion ? message.Revision : before?.ValueRevision ?? message.Revision,
            LargeValueRevision = largeValue,
            Dependencies = before?.Dependencies ?? [],
            Dependents = before?.Dependents ?? [],
        };
    }

    private static Constraints CompiledConstraints(Variable message, VariableType type, VariableState? before)
    {
        if (before is not null && before.Constraints.Json == message.ConstraintsJson)
        {
            return before.Constraints;
        }

        var compiled = Constraints.Compile(type, message.ConstraintsJson);
        return compiled.IsRefused
            ? throw new InvalidDataException($"stored variable {message.Id}: {compiled.Refusal.Message}")
            : compiled.Value;
    }
}
