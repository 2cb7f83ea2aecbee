using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;

namespace Snakepit.Storage.Hosting;

/// <summary>Reads changes back from the log as watchers see them.</summary>
public static class StoredUpdates
{
    /// <summary>A change as it was sent when it was made.</summary>
    public static LoggedUpdate ToLogged(StoredChange change)
    {
        var update = Parse(change);
        var encoded = change.Large is null ? change.Record.Update : update.ToByteString();
        return new LoggedUpdate(update.Revision, update.UpdateType, update.VariableId, update.Variable.Name, encoded)
        {
            Access = VariableAccess.OfStored(update.Variable.AccessControlJson),
        };
    }

    /// <summary>A change's update, its value filled in where that is stored apart.</summary>
    public static VariableUpdate Parse(StoredChange change)
    {
        var update = VariableUpdate.Parser.ParseFrom(change.Record.Update);
        if (change.Large is { } large)
        {
            update.Variable.Value = large.Value;
            update.Variable.BinaryValue = large.BinaryValue;
        }

        return update;
    }
}
