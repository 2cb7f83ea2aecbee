namespace Snakepit.Sessions;

/// <summary>
/// A set of variables by their names. One array and nothing besides, as there are many sessions of few variables: the
/// framework's set takes twice the memory of it, and two looks into it more. A base and no part, for the same reason: what is
/// looked up at random in many sessions costs a miss of the processor's cache an object. Not thread-safe.
/// </summary>
public abstract class NameTable
{
    private const int LeastSlots = 4;

    // A power of two; at most three quarters are taken. A variable stands in the first free slot from the one its hash
    // says, so a free slot ends the search.
    private KeptVariable?[] _slots = [];

    public int Count { get; private set; }

    /// <summary>The variables, in no order.</summary>
    public IEnumerable<KeptVariable> All => _slots.OfType<KeptVariable>();

    private int Mask => _slots.Length - 1;

    /// <summary>The variable of that name; null if there is none.</summary>
    protected KeptVariable? Find(ReadOnlySpan<char> name)
    {
        if (Count == 0)
        {
            return null;
        }

        var hash = KeptVariable.HashOf(name);
        for (var at = hash & Mask; _slots[at] is { } variable; at = (at + 1) & Mask)
        {
            if (variable.NameHash == hash && variable.HasName(name))
            {
                return variable;
            }
        }

        return null;
    }

    /// <summary>Adds a variable whose name is no other's.</summary>
    protected void Add(KeptVariable variable)
    {
        if ((Count + 1) * 4 > _slots.Length * 3)
        {
            Grow();
        }

        Place(variable);
        Count++;
    }

    /// <summary>Puts a variable in the place of one that is there and has the same name.</summary>
    protected void Replace(KeptVariable old, KeptVariable variable) => _slots[PlaceOf(old)] = variable;

    /// <summary>Removes a variable that is there.</summary>
    protected void Remove(KeptVariable variable)
    {
        // What stands behind it moves up, unless that were before the slot its hash says.
        var free = PlaceOf(variable);
        for (var at = (free + 1) & Mask; _slots[at] is { } next; at = (at + 1) & Mask)
        {
            var distance = (at - next.NameHash) & Mask;
            if (distance >= ((at - free) & Mask))
            {
                _slots[free] = next;
                free = at;
            }
        }

        _slots[free] = null;
        Count--;
    }

    private int PlaceOf(KeptVariable variable)
    {
        var at = variable.NameHash & Mask;
        while (!ReferenceEquals(_slots[at], variable))
        {
            at = (at + 1) & Mask;
        }

        return at;
    }

    private void Place(KeptVariable variable)
    {
        var at = variable.NameHash & Mask;
        while (_slots[at] is not null)
        {
            at = (at + 1) & Mask;
        }

        _slots[at] = variable;
    }

    private void Grow()
    {
        var old = _slots;
        _slots = new KeptVariable?[Math.Max(LeastSlots, old.Length * 2)];
        foreach (var variable in old.OfType<KeptVariable>())
        {
            Place(variable);
        }
    }
}
