namespace Snakepit.Tests.Robustness.Validation;

/// <summary>The session's revision and variables are what the log adds up to.</summary>
internal sealed class Current : IValidator
{
    public IEnumerable<string> Violations(History history)
    {
        var newest = history.Log.Count > 0 ? history.Log[^1].Revision : history.Start;
        if (newest != history.End)
        {
            yield return $"the session is at revision {history.End}, its log at {newest}";
        }

        foreach (var variable in history.Log.GroupBy(change => change.Variable))
        {
            var last = variable.Last();
            if (!history.Variables.TryGetValue(variable.Key, out var now) || now != (last.Version, last.Value))
            {
                yield return $"{variable.Key} is {now}, its log says version {last.Version}, {last.Value}";
            }
        }
    }
}
