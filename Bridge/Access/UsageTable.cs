using System.Collections.Concurrent;

namespace Snakepit.Bridge.Access;

/// <summary>
/// Usages by whose they are. Bounded: where there are too many, those at rest are forgotten, which changes nothing; and
/// where that does not help, all without a watch, whose counts then begin anew. Safe from any thread.
/// </summary>
/// <param name="make">A usage for these limits.</param>
internal sealed class UsageTable<TKey, TLimits>(Func<TLimits, Usage> make)
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

        var made = (limits, make(limits));
        return _usages.AddOrUpdate(key, made, (_, present) => present.Limits.Equals(limits) ? present : made).Usage;
    }

    public Usage? Find(TKey key) => _usages.TryGetValue(key, out var known) ? known.Usage : null;

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
                Forget(static usage => !usage.HasWatches);
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
