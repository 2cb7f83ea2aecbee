using Snakepit.Protocol;

namespace Snakepit.Sessions;

/// <summary>
/// Which variables a watch follows: some by id, some by name, some by pattern; with none of these, all.
/// A name follows whatever variable has it; an id follows that one variable.
/// </summary>
public sealed class Selection
{
    // There is one selection for each watcher, and most are of a name or two.
    private readonly FewStrings _ids;
    private readonly FewStrings _names;
    private readonly Wildcard[] _patterns;

    public Selection(IReadOnlyCollection<string> ids, IReadOnlyCollection<string> names, IReadOnlyCollection<string> patterns)
    {
        _ids = new FewStrings(ids);
        _names = new FewStrings(names);
        _patterns = patterns.Count == 0 ? [] : [.. patterns.Select(pattern => new Wildcard(pattern))];
    }

    /// <summary>Those by id, as they were named.</summary>
    public IReadOnlyList<string> Ids => _ids.All;

    /// <summary>Those by name, as they were named.</summary>
    public IReadOnlyList<string> Names => _names.All;

    public IReadOnlyList<Wildcard> Patterns => _patterns;

    public bool IsEverything => _ids.All.Length == 0 && _names.All.Length == 0 && _patterns.Length == 0;

    /// <summary>The variables of a session that match, oldest first; costs what is named, unless patterns do the naming.</summary>
    /// <param name="state">The session.</param>
    /// <param name="requester">For whom: what it cannot see is not among them.</param>
    public List<KeptVariable> In(SessionState state, Requester requester)
    {
        if (IsEverything || _patterns.Length > 0)
        {
            return AmongAll(state, requester);
        }

        var named = new List<KeptVariable>(_ids.All.Length + _names.All.Length);
        Find(_ids, state, requester, named);
        Find(_names, state, requester, named);

        // One may be named twice, as by its id and its name.
        return named.Count > 1 ? [.. named.Distinct().OrderBy(static variable => variable.RegisteredAt)] : named;
    }

    public bool Matches(string id, string name)
    {
        if (IsEverything || _ids.Contains(id) || _names.Contains(name))
        {
            return true;
        }

        return MatchesPattern(name);
    }

    // A method of its own: what a lambda holds is made where its method begins, whether or not it comes to it.
    private List<KeptVariable> AmongAll(SessionState state, Requester requester)
    {
        Func<ReadOnlySpan<char>, bool> matches = MatchesPattern;
        return state.ListInOrder(variable => variable.IsVisibleTo(requester) && (IsNamed(variable) || variable.OfName(matches)));
    }

    private static void Find(FewStrings identifiers, SessionState state, Requester requester, List<KeptVariable> found)
    {
        foreach (var identifier in identifiers.All)
        {
            if (state.TryFind(identifier, requester, out var variable))
            {
                found.Add(variable);
            }
        }
    }

    private bool IsNamed(KeptVariable variable) =>
        IsEverything || (_ids.All.Length > 0 && _ids.Contains(variable.Id)) || (_names.All.Length > 0 && _names.Contains(variable.Name));

    private bool MatchesPattern(ReadOnlySpan<char> name)
    {
        foreach (var pattern in _patterns)
        {
            if (pattern.Matches(name))
            {
                return true;
            }
        }

        return false;
    }
}
