using Snakepit.Sessions;

namespace Snakepit.Storage.Sqlite;

/// <summary>Where a session's log stands: the fence for its next commit.</summary>
/// <param name="Session">The session's internal key.</param>
/// <param name="Number">Of its newest commit.</param>
/// <param name="Revision">After it.</param>
internal readonly record struct NewestCommit(long Session, long Number, long Revision);

/// <summary>
/// Remembers where the logs of recently written sessions stand, so that a commit need not look it up. Holds
/// at most two generations: when the young one is full, the old one, less what was used since, is forgotten.
/// </summary>
internal sealed class NewestCommits
{
    private const int Generation = 16_384;

    private Dictionary<SessionKey, NewestCommit> _young = [];
    private Dictionary<SessionKey, NewestCommit> _old = [];

    public bool TryGet(SessionKey key, out NewestCommit newest) =>
        _young.TryGetValue(key, out newest) || _old.TryGetValue(key, out newest);

    public void Set(SessionKey key, NewestCommit newest)
    {
        if (_young.Count >= Generation && !_young.ContainsKey(key))
        {
            (_old, _young) = (_young, _old);
            _young.Clear();
        }

        _young[key] = newest;
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
