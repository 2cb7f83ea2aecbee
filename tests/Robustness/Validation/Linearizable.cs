using System.Diagnostics;

namespace Snakepit.Tests.Robustness.Validation;

/// <summary>
/// Writes and reads are as if each had happened at one moment between its call and its answer: a write that was
/// begun after another's answer comes behind it in the log; a read shows what the log has, nothing that was not yet sent,
/// nothing older than what was answered (to a writer or to another reader) before it was begun, and of several
/// variables one moment.
/// </summary>
internal sealed class Linearizable : IValidator
{
    public IEnumerable<string> Violations(History history) => Writes(history).Concat(Reads(history));

    private static IEnumerable<string> Writes(History history)
    {
        var answered = history.Writes.Where(write => write.Acknowledged is not null).ToList();
        var known = new Timeline(answered.Select(write => (write.Ended, write.Acknowledged!.Revision)));
        return from write in answered
               let before = known.Before(write.Began)
               let own = write.Acknowledged!.Revision
               where before >= own
               select $"a write has revision {own}, though {before} was answered before it was begun";
    }

    private static IEnumerable<string> Reads(History history)
    {
        var lag = (long)(history.ReadsMayLag.TotalSeconds * Stopwatch.Frequency);
        var log = history.Log.ToLookup(change => (change.Variable, change.Version));
        var sent = history.Writes
            .SelectMany(write => write.Values.Select(item => (item.Key, item.Value, write.Began)))
            .ToLookup(item => (item.Key, item.Value), item => item.Began);
        var known = Answered(history).GroupBy(item => item.Variable).ToDictionary(
            items => items.Key, items => new Timeline(items.Select(item => (item.Ended, item.Version))));
        var revisions = history.Log.GroupBy(change => change.Variable).ToDictionary(
            changes => changes.Key, changes => changes.Select(change => change.Revision).ToList());
        foreach (var read in history.Reads)
        {
            foreach (var (variable, (version, value)) in read.Values)
            {
                if (version > 0 && !log[(variable, version)].Any(change => change.Value == value))
                {
                    yield return $"{variable} was read as version {version}, {value}, which the log does not have";
                }
                else if (version > 0 && sent[(variable, value)].All(began => began > read.Ended))
                {
                    yield return $"{variable} was read as {value} before that was sent";
                }

                if (known.TryGetValue(variable, out var timeline) && timeline.Before(read.Began - lag) is var before && before > version)
                {
                    yield return $"{variable} was read as version {version}, though version {before} was answered before the read was begun";
                }
            }

            if (Torn(read, log, revisions) is { } torn)
            {
                yield return torn;
            }
        }
    }

    private static IEnumerable<(string Variable, long Version, long Ended)> Answered(History history) =>
        history.Writes.Where(write => write.Acknowledged is not null)
            .SelectMany(write => write.Acknowledged!.Versions.Select(item => (item.Key, (long)item.Value, write.Ended)))
            .Concat(history.Reads.SelectMany(read => read.Values.Select(item => (item.Key, (long)item.Value.Version, read.Ended))));

    // Of one moment: the newest of what it has is older than the first of what came after any of it.
    private static string? Torn(
        Read read, ILookup<(string Variable, int Version), Change> log, Dictionary<string, List<long>> revisions)
    {
        var (from, until) = (long.MinValue, long.MaxValue);
        foreach (var (variable, (version, _)) in read.Values)
        {
            var own = log[(variable, version)].FirstOrDefault()?.Revision ?? long.MinValue;
            from = Math.Max(from, own);
            var all = revisions.GetValueOrDefault(variable) ?? [];
            var next = all.BinarySearch(own + 1) is var found && found < 0 ? ~found : found;
            until = Math.Min(until, next < all.Count ? all[next] : long.MaxValue);
        }

        return from < until ? null : $"one read shows revision {from} together with what was before revision {until}";
    }
}
