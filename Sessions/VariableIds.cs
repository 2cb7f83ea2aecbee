using System.Globalization;

namespace Snakepit.Sessions;

/// <summary>
/// What ids of variables are made of: <c>var_NAME_REVISION</c>, where need be with a dot and a number behind it. There is no
/// underscore behind the last, so an id tells the name.
/// </summary>
internal static class VariableIds
{
    private const string Prefix = "var_";

    /// <summary>The id of the variable of that name that is registered at a revision.</summary>
    /// <param name="name">The name.</param>
    /// <param name="revision">The revision. They never return, so neither do ids.</param>
    /// <param name="attempt">1, or more where the ids before are names of others. The dot keeps these apart from all other ids: none else has one behind its last underscore.</param>
    public static string Make(string name, long revision, int attempt) => attempt == 1
        ? string.Create(CultureInfo.InvariantCulture, $"{Prefix}{name}_{revision}")
        : string.Create(CultureInfo.InvariantCulture, $"{Prefix}{name}_{revision}.{attempt}");

    /// <summary>The name of the variable that an id is of; false = it cannot be an id.</summary>
    public static bool TryReadName(ReadOnlySpan<char> id, out ReadOnlySpan<char> name)
    {
        var end = id.LastIndexOf('_');
        name = id.StartsWith(Prefix, StringComparison.Ordinal) && end > Prefix.Length ? id[Prefix.Length..end] : default;
        return !name.IsEmpty;
    }
}
