namespace Snakepit.Tests.Robustness.Validation;

/// <summary>A watcher is given every change of what it selects, and nothing else.</summary>
internal sealed class Complete : IValidator
{
    public IEnumerable<string> Violations(History history)
    {
        foreach (var watcher in history.Watchers)
        {
            var seen = watcher.Seen.Select(change => change.Revision).ToHashSet();
            foreach (var change in history.Log.Where(change => watcher.Selects?.Invoke(change.Variable) ?? true))
            {
                if (!seen.Contains(change.Revision))
                {
                    yield return $"{watcher.Name} was not given revision {change.Revision} of {change.Variable}";
                }
            }

            foreach (var change in watcher.Seen.Where(change => watcher.Selects?.Invoke(change.Variable) == false))
            {
                yield return $"{watcher.Name} was given revision {change.Revision} of {change.Variable}, which it does not select";
            }
        }
    }
}
