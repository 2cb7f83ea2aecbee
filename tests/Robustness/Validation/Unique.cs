namespace Snakepit.Tests.Robustness.Validation;

/// <summary>No watcher is given a revision twice, however often it resumes.</summary>
internal sealed class Unique : IValidator
{
    public IEnumerable<string> Violations(History history) =>
        from watcher in history.Watchers
        from same in watcher.Seen.GroupBy(change => change.Revision)
        where same.Count() > 1
        select $"{watcher.Name} saw revision {same.Key} {same.Count()} times";
}
