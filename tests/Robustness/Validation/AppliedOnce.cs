namespace Snakepit.Tests.Robustness.Validation;

/// <summary>However often a write was sent, it happened once; and what nobody sent did not happen.</summary>
internal sealed class AppliedOnce : IValidator
{
    public IEnumerable<string> Violations(History history)
    {
        var sent = history.Writes.SelectMany(write => write.Values).Select(item => (item.Key, item.Value)).ToHashSet();
        foreach (var same in history.Log.GroupBy(change => (change.Variable, change.Value)))
        {
            if (!sent.Contains(same.Key))
            {
                yield return $"nobody sent {same.Key.Variable} = {same.Key.Value}";
            }

            if (same.Count() > 1)
            {
                yield return $"{same.Key.Variable} = {same.Key.Value} happened at revisions {string.Join(", ", same.Select(change => change.Revision))}";
            }
        }
    }
}
