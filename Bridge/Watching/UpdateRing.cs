using Snakepit.Sessions;

namespace Snakepit.Bridge.Watching;

/// <summary>
/// The newest updates of one session, by revision. Revisions follow without a gap, so finding one is
/// arithmetic. Bounded in number and bytes: the oldest make room. Guarded by its feed's lock.
/// </summary>
/// <param name="maxUpdates">How many are kept at the most.</param>
/// <param name="maxBytes">How many bytes are; the newest update is kept whatever its size.</param>
internal sealed class UpdateRing(int maxUpdates, int maxBytes)
{
    private LoggedUpdate?[] _slots = new LoggedUpdate?[4];
    private long _bytes;

    /// <summary>The oldest revision in it; <see cref="Newest"/> + 1 when it is empty.</summary>
    public long Oldest { get; private set; } = 1;

    /// <summary>The newest revision that was in it.</summary>
    public long Newest { get; private set; }

    /// <summary>The update of a revision between <see cref="Oldest"/> and <see cref="Newest"/>.</summary>
    public LoggedUpdate this[long revision] => _slots[Slot(revision)]!;

    /// <summary>Forgets everything and goes on after a revision.</summary>
    public void Restart(long revision)
    {
        // A feed at rest holds no large array.
        _slots = new LoggedUpdate?[4];
        _bytes = 0;
        Newest = revision;
        Oldest = revision + 1;
    }

    /// <summary>Adds the update of the next revision.</summary>
    public void Append(LoggedUpdate update)
    {
        if (Newest - Oldest + 1 == maxUpdates)
        {
            DropOldest();
        }
        else if (Newest - Oldest + 1 == _slots.Length)
        {
            Grow();
        }

        Newest++;
        _slots[Slot(Newest)] = update;
        _bytes += update.Encoded.Length;
        while (_bytes > maxBytes && Oldest < Newest)
        {
            DropOldest();
        }
    }

    private void DropOldest()
    {
        ref var slot = ref _slots[Slot(Oldest)];
        _bytes -= slot!.Encoded.Length;
        slot = null;
        Oldest++;
    }

    private void Grow()
    {
        var larger = new LoggedUpdate?[Math.Min(_slots.Length * 2, maxUpdates)];
        for (var revision = Oldest; revision <= Newest; revision++)
        {
            larger[revision % larger.Length] = _slots[Slot(revision)];
        }

        _slots = larger;
    }

    private long Slot(long revision) => revision % _slots.Length;
}
