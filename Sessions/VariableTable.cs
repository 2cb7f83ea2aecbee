using System.Diagnostics.CodeAnalysis;

namespace Snakepit.Sessions;

/// <summary>
/// A session's variables. Found by name, and so by id, too: an id is made of its variable's name. Knows which of them were
/// written since they were last taken. Not thread-safe.
/// </summary>
public sealed class VariableTable : NameTable
{
    private List<KeptVariable?>? _written;

    /// <summary>Those of the variables that are not there for everyone.</summary>
    public int RestrictedCount { get; private set; }

    public bool TryFindByName(ReadOnlySpan<char> name, [MaybeNullWhen(false)] out KeptVariable variable)
    {
        variable = Find(name);
        return variable is not null;
    }

    public bool TryFindById(ReadOnlySpan<char> id, [MaybeNullWhen(false)] out KeptVariable variable)
    {
        if (VariableIds.TryReadName(id, out var name) && TryFindByName(name, out variable) && variable.HasId(id))
        {
            return true;
        }

        variable = null;
        return false;
    }

    /// <summary>Puts a variable in the place of the one of its id, if there is one.</summary>
    /// <exception cref="InvalidDataException">Its id is not made of its name, or its name is another's.</exception>
    public void Put(VariableState variable, bool written = true)
    {
        if (!VariableIds.TryReadName(variable.Id, out var name) || !name.SequenceEqual(variable.Name))
        {
            throw new InvalidDataException($"{variable.Id} cannot be the id of a variable named {variable.Name}");
        }

        var kept = new KeptVariable(variable);
        if (TryFindByName(variable.Name, out var before))
        {
            if (!before.HasId(variable.Id))
            {
                throw new InvalidDataException($"{variable.Id} and {before.Id} have the same name");
            }

            Replace(before, kept);
            kept.WrittenAt = before.WrittenAt;
            RestrictedCount -= before.Access is null ? 0 : 1;
        }
        else
        {
            Add(kept);
        }

        RestrictedCount += kept.Access is null ? 0 : 1;
        if (kept.WrittenAt >= 0)
        {
            _written![kept.WrittenAt] = kept;
        }
        else if (written)
        {
            NoteWritten(kept);
        }
    }

    public void Remove(string id)
    {
        if (TryFindById(id, out var variable))
        {
            Remove(variable);
            RestrictedCount -= variable.Access is null ? 0 : 1;
            if (variable.WrittenAt >= 0)
            {
                _written![variable.WrittenAt] = null;
            }
        }
    }

    /// <summary>Has a variable count as written; one that has gone does not.</summary>
    public void NoteWritten(string id)
    {
        if (TryFindById(id, out var variable) && variable.WrittenAt < 0)
        {
            NoteWritten(variable);
        }
    }

    /// <summary>What was written since this was last asked, as it is now.</summary>
    public IReadOnlyList<KeptVariable> TakeWritten()
    {
        if (_written is null)
        {
            return [];
        }

        var taken = _written.OfType<KeptVariable>().ToList();
        taken.ForEach(static variable => variable.WrittenAt = -1);
        _written = null;
        return taken;
    }

    private void NoteWritten(KeptVariable variable)
    {
        _written ??= [];
        variable.WrittenAt = _written.Count;
        _written.Add(variable);
    }
}
