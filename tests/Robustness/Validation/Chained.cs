namespace Snakepit.Tests.Robustness.Validation;

/// <summary>The old value of a variable's change is the new value of the one before, and versions count up by one.</summary>
internal sealed class Chained : IValidator
{
    public IEnumerable<string> Violations(History history)
    {
        foreach (var variable in history.Log.GroupBy(change => change.Variable))
        {
            foreach (var (before, after) in variable.Zip(variable.Skip(1)))
            {
                if (after.Version != before.Version + 1)
                {
                    yield return $"{after.Variable} goes from version {before.Version} to {after.Version} at revision {after.Revision}";
                }

                if (after.OldValue != before.Value)
                {
                    yield return $"{after.Variable} was {before.Value}, but revision {after.Revision} says it was {after.OldValue}";
                }
            }
        }
    }
}
