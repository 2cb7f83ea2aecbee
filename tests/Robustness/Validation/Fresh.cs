namespace Snakepit.Tests.Robustness.Validation;

/// <summary>A session that is made again begins above every revision that those before it gave out.</summary>
internal sealed class Fresh : IValidator
{
    public IEnumerable<string> Violations(History history)
    {
        foreach (var name in history.Lives.GroupBy(life => life.Session))
        {
            foreach (var (before, after) in name.Zip(name.Skip(1)))
            {
                if (after.First <= before.Last)
                {
                    yield return $"{name.Key} gave out revision {before.Last}, and made again began at {after.First}";
                }
            }
        }
    }
}
