namespace Snakepit.Tests.Robustness.Validation;

/// <summary>Every acknowledged change is in the log, with the version, the revision and the value of the answer.</summary>
internal sealed class Durable : IValidator
{
    public IEnumerable<string> Violations(History history)
    {
        var log = history.Log.ToLookup(change => (change.Variable, change.Value));
        foreach (var write in history.Writes)
        {
            if (write.Acknowledged is not { } acknowledged)
            {
                continue;
            }

            var last = 0L;
            foreach (var (variable, value) in write.Values)
            {
                var version = acknowledged.Versions.GetValueOrDefault(variable, -1);
                if (log[(variable, value)].FirstOrDefault(change => change.Version == version) is { } change)
                {
                    last = Math.Max(last, change.Revision);
                }
                else
                {
                    yield return $"{variable} = {value}, acknowledged as version {version}, is not in the log";
                }
            }

            if (last != acknowledged.Revision)
            {
                yield return $"{Show(write)} was acknowledged as revision {acknowledged.Revision}, the log has it at {last}";
            }
        }
    }

    private static string Show(Write write) => string.Join(", ", write.Values.Select(item => $"{item.Key} = {item.Value}"));
}
