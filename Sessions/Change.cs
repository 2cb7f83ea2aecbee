using Google.Protobuf;
using Snakepit.Protocol.Storing;

namespace Snakepit.Sessions;

/// <summary>
/// One entry of a session's log: the variable as the change left it (for a deletion: as it was last), and
/// the update that tells watchers. The update is encoded once, for the log and for every watcher; one with a large value,
/// which the log has apart, only when there is a watcher.
/// </summary>
public sealed class Change
{
    private readonly EncodedUpdate? _unencoded;
    private ByteString? _update;

    /// <param name="variable">The variable after the change.</param>
    /// <param name="update">The update without its variable, which is added here.</param>
    /// <param name="previous">The revision of the value before, for a change that makes a version; else 0.</param>
    /// <param name="principal">Who made it; may be empty.</param>
    internal Change(VariableState variable, EncodedUpdate update, long previous, string principal)
    {
        Revision = update.Revision;
        UpdateType = update.UpdateType;
        Variable = variable;
        var stored = Encode(update, variable.StoredWire);
        if (variable.LargeValueRevision == 0)
        {
            _update = stored;
        }
        else
        {
            _unencoded = update;
        }

        Record = new ChangeRecord
        {
            Update = stored,
            LargeValue = variable.LargeValueRevision,
            Previous = previous,
            Principal = principal,
        };
    }

    public long Revision { get; }

    public string UpdateType { get; }

    public VariableState Variable { get; }

    /// <summary>The encoded snakepit.bridge.VariableUpdate, complete.</summary>
    public ByteString Update => _update ??= Encode(_unencoded!, Variable.Wire);

    /// <summary>Of the record, and of the large value where it has one.</summary>
    public long Bytes => Record.Update.Length + (_unencoded is null ? 0 : Variable.Value.Size);

    /// <summary>As the log keeps it.</summary>
    public ChangeRecord Record { get; }

    private static ByteString Encode(EncodedUpdate update, ByteString variable)
    {
        update.Variable = variable;
        return update.ToByteString();
    }
}
