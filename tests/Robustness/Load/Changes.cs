using Snakepit.Protocol.Bridge;
using Snakepit.Tests.Robustness.Support;
using Snakepit.Tests.Robustness.Validation;

namespace Snakepit.Tests.Robustness.Load;

/// <summary>Updates of a watch as facts of a history.</summary>
internal static class Changes
{
    public const string ValueChange = "value_change";
    public const string InitialValue = "initial_value";
    public const string Heartbeat = "heartbeat";
    public const string Resync = "resync";

    /// <exception cref="InvalidOperationException">It is no change of a value.</exception>
    public static Change Of(VariableUpdate update) => update.UpdateType != ValueChange
        ? throw new InvalidOperationException($"a {update.UpdateType} at revision {update.Revision} has no place here")
        : new Change(
            update.Revision,
            update.Variable.Name,
            update.Variable.Version,
            BridgeClient.Unpack(update.Variable.Value),
            BridgeClient.Unpack(update.OldValue));

    /// <summary>Every change after <paramref name="from"/>, which the log must still have, up to <paramref name="to"/>.</summary>
    public static async Task<IReadOnlyList<Change>> ReplayAsync(BridgeClient client, string session, long from, long to)
    {
        var changes = new List<Change>();
        if (from >= to)
        {
            return changes;
        }

        using var watch = client.Watch(new WatchVariablesRequest { SessionId = session, FromRevision = from });
        while (changes.Count == 0 || changes[^1].Revision < to)
        {
            var update = await watch.ReadAsync().AsTask().Within($"the change after {changes.LastOrDefault()}");
            if (update!.UpdateType != Heartbeat)
            {
                changes.Add(Of(update));
            }
        }

        return changes;
    }
}
