namespace Snakepit.Tests.Robustness.Validation;

/// <summary>Of an atomic write all changes happened or none did, at consecutive revisions.</summary>
internal sealed class Atomic : IValidator
{
    public IEnumerable<string> Violations(History history)
    {
        var log = history.Log.ToLookup(change => (change.Variable, change.Value), change => change.Revision);
        foreach (var write in history.Writes.Where(write => write.IsAtomic))
        {
            var revisions = write.Values.SelectMany(item => log[(item.Key, item.Value)].Take(1)).Order().ToList();
            if (revisions.Count > 0 && revisions.Count < write.Values.Count)
            {
                yield return $"of {write.Values.Count} changes of one write only {revisions.Count} happened, at revision {revisions[0]}";
            }

            if (revisions.Count > 0 && revisions[^1] - revisions[0] != revisions.Count - 1)
            {
                yield return $"one write's changes have revisions {string.Join(", ", revisions)}";
            }
        }
    }
}
