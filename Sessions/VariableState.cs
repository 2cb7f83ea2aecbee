using System.Collections.Immutable;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions.Values;
using Value = Snakepit.Sessions.Values.Value;

namespace Snakepit.Sessions;

/// <summary>A variable as of one revision. Immutable: a change makes a new one.</summary>
public sealed record VariableState
{
    /// <summary>Values above this many bytes are stored once and apart; old values above it are left out of updates.</summary>
    public const int LargeValueBytes = 64 * 1024;

    private ByteString? _wire;

    public VariableState()
    {
    }

    /// <param name="wire">What it is on the wire, if that is known.</param>
    internal VariableState(ByteString? wire) => _wire = wire;

    // Copying must not take along the encoding, which is of the state copied.
    private VariableState(VariableState other)
    {
        Id = other.Id;
        Name = other.Name;
        Type = other.Type;
        Constraints = other.Constraints;
        Value = other.Value;
        Metadata = other.Metadata;
        Source = other.Source;
        LastUpdatedAt = other.LastUpdatedAt;
        Version = other.Version;
        AccessControlJson = other.AccessControlJson;
        Access = other.Access;
        Optimization = other.Optimization;
        Revision = other.Revision;
        RegisteredAt = other.RegisteredAt;
        ValueRevision = other.ValueRevision;
        LargeValueRevision = other.LargeValueRevision;
        Dependencies = other.Dependencies;
        Dependents = other.Dependents;
    }

    public required string Id { get; init; }

    public required string Name { get; init; }

    public required VariableType Type { get; init; }

    public required Constraints Constraints { get; init; }

    public required Value Value { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = Sessions.Metadata.Empty;

    public Variable.Types.Source Source { get; init; }

    public required DateTimeOffset LastUpdatedAt { get; init; }

    /// <summary>0 when registered, one more with each value set.</summary>
    public int Version { get; init; }

    public string AccessControlJson { get; init; } = "";

    /// <summary>What that means; null = it restricts nothing.</summary>
    public VariableAccess? Access { get; init; }

    /// <summary>Whether it is there for who asks.</summary>
    public bool IsVisibleTo(Requester requester) => Access is null || Access.MayRead(requester);

    public OptimizationLock? Optimization { get; init; }

    /// <summary>The session's revision when it last changed in any way.</summary>
    public required long Revision { get; init; }

    /// <summary>The revision that registered it: variables are listed in this order.</summary>
    public required long RegisteredAt { get; init; }

    /// <summary>The revision that gave it the present value: where its history begins.</summary>
    public required long ValueRevision { get; init; }

    /// <summary>The revision under which its present value is stored apart; 0 = it is small and stands in the log.</summary>
    public long LargeValueRevision { get; init; }

    /// <summary>What it depends on.</summary>
    public ImmutableArray<Dependency> Dependencies { get; init; } = [];

    /// <summary>
    /// The ids of the variables that depend on it, in ordinal order: dependents are told in this order, and
    /// a store keeps no other.
    /// </summary>
    public ImmutableArray<string> Dependents { get; init; } = [];

    /// <summary>The variable as a snakepit.bridge.Variable on the wire; encoded when first asked for, then kept.</summary>
    public ByteString Wire => _wire ??= ToMessage().ToByteString();

    /// <summary>As <see cref="Wire"/>, less the value where that is stored apart.</summary>
    public ByteString StoredWire
    {
        get
        {
            if (LargeValueRevision == 0)
            {
                return Wire;
            }

            var message = ToMessage();
            message.Value = new Any { TypeUrl = Value.Any.TypeUrl };
            message.BinaryValue = ByteString.Empty;
            return message.ToByteString();
        }
    }

    public Variable ToMessage()
    {
        var message = new Variable
        {
            Id = Id,
            Name = Name,
            Type = Type.Name,
            Value = Value.Any,
            BinaryValue = Value.Binary,
            ConstraintsJson = Constraints.Json,
            Source = Source,
            LastUpdatedAt = Timestamp.FromDateTimeOffset(LastUpdatedAt),
            Version = Version,
            AccessControlJson = AccessControlJson,
            Revision = Revision,
        };
        foreach (var (key, value) in Metadata)
        {
            message.Metadata.Add(key, value);
        }

        if (Optimization is { } optimization)
        {
            message.OptimizationStatus = new OptimizationStatus
            {
                Optimizing = true,
                OptimizerId = optimization.OptimizerId,
                OptimizationId = optimization.OptimizationId,
                StartedAt = Timestamp.FromDateTimeOffset(optimization.StartedAt),
            };
        }

        return message;
    }
}
