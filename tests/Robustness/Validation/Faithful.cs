namespace Snakepit.Tests.Robustness.Validation;

/// <summary>What a watcher saw is that very change as the log has it, never a later value; and nothing that then did not last.</summary>
internal sealed class Faithful : IValidator
{
    public IEnumerable<string> Violations(History history)
    {
        var log = history.Log.ToLookup(change => change.Revision);
        return from watcher in history.Watchers
               from seen in watcher.Seen
               where !log[seen.Revision].Contains(seen)
               select $"{watcher.Name} saw {seen}, the log has {string.Join(", ", log[seen.Revision])}";
    }
}
