using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;

namespace Snakepit.Storage;

/// <summary>Which commits history still needs, though no watcher may replay them any more.</summary>
/// <param name="limit">How many values of each variable are kept.</param>
internal sealed class HistoryNeed(int limit)
{
    private readonly Dictionary<string, int> _versions = [];

    /// <summary>Counts in a variable that exists at the session's checkpoint.</summary>
    public void Add(VariableRecord record)
    {
        var variable = Variable.Parser.ParseFrom(record.Variable);
        _versions[variable.Id] = variable.Version;
    }

    /// <summary>True while one of the commit's changes holds one of the newest values of a variable.</summary>
    public bool Includes(CommitOutline commit)
    {
        foreach (var change in commit.Changes)
        {
            var update = change.Update;
            if (update.UpdateType is "registered" or "value_change" &&
                _versions.TryGetValue(update.VariableId, out var current) &&
                update.Variable is { } variable &&
                variable.Version > (long)current - limit)
            {
                return true;
            }
        }

        return false;
    }
}
