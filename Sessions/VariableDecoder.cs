using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions.Values;

namespace Snakepit.Sessions;

/// <summary>Makes a variable's state from the message that it was encoded as.</summary>
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
        var described = Describe(message, CompiledConstraints(message, before), wire: null, message.Revision, message.Revision);
        return described with
        {
            Value = makesVersion || before is null ? described.Value : before.Value,
            Access = before is not null && before.AccessControlJson == message.AccessControlJson
                ? before.Access
                : VariableAccess.OfStored(message.AccessControlJson),
            RegisteredAt = before?.RegisteredAt ?? message.Revision,
            ValueRevision = makesVersion ? message.Revision : before?.ValueRevision ?? message.Revision,
            LargeValueRevision = largeValue,
            Dependencies = before?.Dependencies ?? [],
            Dependents = before?.Dependents ?? [],
        };
    }

    /// <summary>The state of a variable of which its bytes and these say everything.</summary>
    internal static VariableState Unpack(ByteString wire, KeptVariable kept) =>
        Describe(Variable.Parser.ParseFrom(wire), kept.Constraints, wire, kept.RegisteredAt, kept.ValueRevision);

    private static VariableState Describe(
        Variable message, Constraints constraints, ByteString? wire, long registeredAt, long valueRevision) => new(wire)
        {
            Id = message.Id,
            Name = message.Name,
            Type = constraints.Type,
            Constraints = constraints,
            Value = Value.FromStored(message.Value, message.BinaryValue),
            Metadata = message.Metadata.Count == 0 ? Metadata.Empty : new Dictionary<string, string>(message.Metadata),
            Source = message.Source,
            LastUpdatedAt = message.LastUpdatedAt.ToDateTimeOffset(),
            Version = message.Version,
            AccessControlJson = message.AccessControlJson,
            Optimization = message.OptimizationStatus is { Optimizing: true } status
                ? new OptimizationLock(status.OptimizerId, status.OptimizationId, status.StartedAt.ToDateTimeOffset())
                : null,
            Revision = message.Revision,
            RegisteredAt = registeredAt,
            ValueRevision = valueRevision,
        };

    private static Constraints CompiledConstraints(Variable message, VariableState? before)
    {
        if (before is not null && before.Constraints.Json == message.ConstraintsJson)
        {
            return before.Constraints;
        }

        var type = VariableType.Find(message.Type)
            ?? throw new InvalidDataException($"stored variable {message.Id} has unknown type '{message.Type}'");
        var compiled = Constraints.Compile(type, message.ConstraintsJson);
        return compiled.IsRefused
            ? throw new InvalidDataException($"stored variable {message.Id}: {compiled.Refusal.Message}")
            : compiled.Value;
    }
}
