namespace Snakepit.Tests.Robustness.Validation;

/// <summary>No watcher is ever led back to a revision below one it has seen.</summary>
internal sealed class Ordered : IValidator
{
    public IEnumerable<string> Violations(History history) =>
        from watcher in history.Watchers
        from pair in watcher.Seen.Zip(watcher.Seen.Skip(1))
        where pair.Second.Revision < pair.First.Revision
        select $"{watcher.Name} saw revision {pair.Second.Revision} after {pair.First.Revision}";
}
