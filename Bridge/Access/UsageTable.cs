using System.Collections.Concurrent;

namespace Snakepit.Bridge.Access;

/// <summary>
/// Usages by whose they are. Bounded: where there are too many, those at rest are forgotten, which changes nothing; and
/// where that does not help, all without a watch, whose counts then begin anew. Safe from any thread.
/// </summary>
/// <param name="make">A usage for these limits, after another for what held before; null = there was none.</param>
internal sealed class UsageTable<TKey, TLimits>(Func<TLimits, Usage?, Usage> make)
    where TKey : notnull
    where TLimits : class
{
    private const int Most = 100_000;

    private readonly ConcurrentDictionary<TKey, (TLimits Limits, Usage Usage)> _usages = new();
    private readonly Lock _tidying = new();
    private int _tidyAt = Most / 10;

    public int Count => _usages.Count;

    /// <summary>The usage under these limits; one under others, as a file had them before, makes room.</summary>
    public Usage Of(TKey key, TLimits limits)
    {
        if (_usages.TryGetValue(key, out var known) && (ReferenceEquals(known.Limits, limits) || known.Limits.Equals(limits)))
        {
            return known.Usage;
        }

        if (_usages.Count >= _tidyAt)
        {
            Tidy();
        }

        return _usages.AddOrUpdate(
            key,
            _ => (limits, make(limits, null)),
            (_, present) => present.Limits.Equals(limits) ? present : (limits, make(limits, present.Usage))).Usage;
    }

    private void Tidy()
    {
        lock (_tidying)
        {
            if (_usages.Count < _tidyAt)
            {
                return;
            }

            Forget(static usage => usage.IsAtRest);
            if (_usages.Count >= Most)
            {
                Forget(static usage => usage.Watches.IsNone);
            }

            // Not for each that comes when few could be let go of.
            _tidyAt = Math.Clamp(_usages.Count * 2, Most / 10, Most);
        }
    }

    private void Forget(Func<Usage, bool> which)
    {
        foreach (var (key, known) in _usages)
        {
            if (which(known.Usage))
            {
                _usages.TryRemove(new(key, known));
            }
        }
    }
}
