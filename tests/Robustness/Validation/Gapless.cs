namespace Snakepit.Tests.Robustness.Validation;

/// <summary>Revisions are dense, in the log and for each watcher of the whole session, from the start to the end.</summary>
internal sealed class Gapless : IValidator
{
    public IEnumerable<string> Violations(History history) =>
        history.Watchers
            .Where(watcher => watcher.Selects is null)
            .Select(watcher => (watcher.Name, Revisions: watcher.Seen.Select(change => change.Revision).ToHashSet()))
            .Prepend(("the log", history.Log.Select(change => change.Revision).ToHashSet()))
            .SelectMany(dense => Missing(dense.Item1, dense.Item2, history));

    private static IEnumerable<string> Missing(string name, HashSet<long> revisions, History history)
    {
        for (var revision = history.Start + 1; revision <= history.End; revision++)
        {
            if (!revisions.Contains(revision))
            {
                yield return $"{name} lacks revision {revision}";
            }
        }
    }
}
