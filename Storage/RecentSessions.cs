using Snakepit.Sessions;

namespace Snakepit.Storage;

/// <summary>
/// Remembers something of recently written sessions, so that a commit need not look it up. Holds at most two
/// generations, some 7 MB each: when the young one is full, the old one, less what was used since, is forgotten. For one
/// thread at a time.
/// </summary>
internal sealed class RecentSessions<T>
{
    private const int Generation = 131_072;

    private Dictionary<SessionKey, T> _young = [];
    private Dictionary<SessionKey, T> _old = [];

    public bool TryGet(SessionKey key, out T? value) => _young.TryGetValue(key, out value) || _old.TryGetValue(key, out value);

    public void Set(SessionKey key, T value)
    {
        if (_young.Count >= Generation && !_young.ContainsKey(key))
        {
            (_old, _young) = (_young, _old);
            _young.Clear();
        }

        _young[key] = value;
    }

    public void Remove(SessionKey key)
    {
        _young.Remove(key);
        _old.Remove(key);
    }

    public void Clear()
    {
        _young.Clear();
        _old.Clear();
    }
}
