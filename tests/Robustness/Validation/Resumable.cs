namespace Snakepit.Tests.Robustness.Validation;

/// <summary>Whoever resumes from a revision is given exactly the log behind it.</summary>
internal sealed class Resumable : IValidator
{
    public IEnumerable<string> Violations(History history)
    {
        foreach (var replay in history.Replays)
        {
            var expected = history.Log.Where(change => change.Revision > replay.From).ToList();
            if (!expected.SequenceEqual(replay.Changes))
            {
                yield return $"from revision {replay.From} came {replay.Changes.Count} changes that are not the {expected.Count} of the log";
            }
        }
    }
}
