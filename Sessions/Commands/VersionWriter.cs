using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Bridge;
using Value = Snakepit.Sessions.Values.Value;

namespace Snakepit.Sessions.Commands;

/// <summary>
/// Gives variables new versions, in two steps so that a batch can check everything before it writes
/// anything: <see cref="Prepare"/> judges and changes nothing, <see cref="Write"/> cannot fail.
/// </summary>
internal static class VersionWriter
{
    /// <summary>The refusal of a write that an optimizer's hold forbids.</summary>
    public static Refusal? CheckLock(VariableState variable, MapField<string, string>? metadata)
    {
        if (variable.Optimization is not { } held)
        {
            return null;
        }

        string? optimizer = null;
        metadata?.TryGetValue(Metadata.OptimizerKey, out optimizer);
        return optimizer == held.OptimizerId
            ? null
            : Refusal.Precondition($"Variable {variable.Name} is locked for optimization by {held.OptimizerId}");
    }

    /// <summary>The refusal of a change that the variable's access control forbids.</summary>
    public static Refusal? CheckWritable(SessionDraft draft, VariableState variable) => variable.Access switch
    {
        null => null,
        { IsReadOnly: true } => Refusal.Precondition($"Variable {variable.Name} is read-only"),
        { } access when access.MayWrite(draft.Requester) => null,
        _ => Refusal.Denied($"Variable {variable.Name} may not be changed by {draft.Requester.Name}"),
    };

    public static Refusal? CheckVersion(VariableState variable, int? expected) =>
        expected is null || expected == variable.Version
            ? null
            : Refusal.Conflict(
                $"Version conflict on {variable.Name}: expected version {expected}, current version is {variable.Version}");

    /// <summary>Judges a new value for a variable.</summary>
    public static Outcome<Value> Prepare(
        SessionDraft draft,
        VariableState variable,
        Any? value,
        ByteString binary,
        MapField<string, string> metadata,
        int? expectedVersion)
    {
        if ((CheckWritable(draft, variable) ?? CheckLock(variable, metadata) ?? CheckVersion(variable, expectedVersion) ??
             CheckMetadata(draft, variable, metadata)) is { } refusal)
        {
            return refusal;
        }

        var read = Value.Read(variable.Type, variable.Constraints, value, binary, draft.Limits.MaxValueBytes);
        return read.IsRefused ? Named(read.Refusal, variable.Name) : read;
    }

    /// <summary>The refusal of metadata that are too large, alone or with what the variable has.</summary>
    public static Refusal? CheckMetadata(SessionDraft draft, VariableState variable, MapField<string, string> metadata) =>
        metadata.Count == 0
            ? null
            : Metadata.CheckSize(metadata, draft.Limits) ??
              Metadata.CheckSize(Metadata.Merge(variable.Metadata, metadata), draft.Limits);

    /// <summary>A refusal of a value, with the variable's name.</summary>
    public static Refusal Named(Refusal refusal, string name) =>
        refusal with { Message = $"Variable {name}: {refusal.Message}" };

    /// <summary>Makes the value the variable's next version and logs it, then what it means for dependents.</summary>
    /// <param name="draft">Where.</param>
    /// <param name="before">The variable as the draft has it.</param>
    /// <param name="value">A value that <see cref="Prepare"/> accepted.</param>
    /// <param name="metadata">Merged into the variable's, and noted with the change.</param>
    public static VariableState Write(
        SessionDraft draft, VariableState before, Value value, MapField<string, string> metadata)
    {
        var revision = draft.NextRevision;
        var after = before with
        {
            Value = value,
            Metadata = Metadata.Merge(before.Metadata, metadata),
            Source = SourceOf(metadata, before.Source),
            LastUpdatedAt = draft.Now,
            Version = before.Version + 1,
            Revision = revision,
            ValueRevision = revision,
            LargeValueRevision = LargeValueRevision(value, revision),
        };
        draft.Log(after, UpdateType.ValueChange, before, metadata);
        Dependents.Notify(draft, after);
        return after;
    }

    public static Variable.Types.Source SourceOf(MapField<string, string> metadata, Variable.Types.Source present) =>
        !metadata.TryGetValue(Metadata.SourceKey, out var source) ? present
        : string.Equals(source, "python", StringComparison.OrdinalIgnoreCase) ? Variable.Types.Source.Python
        : Variable.Types.Source.Elixir;

    /// <summary>Where a value is kept apart: at the given revision if it is large, else nowhere (0).</summary>
    public static long LargeValueRevision(Value value, long revision) =>
        value.Size > VariableState.LargeValueBytes ? revision : 0;
}
