using System.Text;

namespace Snakepit.Sessions.Values;

/// <summary>Names of Python modules and what is in them: identifiers joined by dots.</summary>
internal static class ModuleName
{
    public static bool IsValid(string name)
    {
        var atStart = true;
        foreach (var rune in name.EnumerateRunes())
        {
            if (rune.Value == '.' ? atStart : !(IsStart(rune) || (!atStart && IsPart(rune))))
            {
                return false;
            }

            atStart = rune.Value == '.';
        }

        return !atStart;
    }

    /// <summary>True if a name is the namespace's own or lies in it.</summary>
    public static bool IsIn(string name, string space) =>
        name.StartsWith(space, StringComparison.Ordinal) && (name.Length == space.Length || name[space.Length] == '.');

    private static bool IsStart(Rune rune) => rune.Value == '_' || Rune.IsLetter(rune);

    private static bool IsPart(Rune rune) =>
        Rune.IsDigit(rune)
        || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark
            or System.Globalization.UnicodeCategory.SpacingCombiningMark
            or System.Globalization.UnicodeCategory.ConnectorPunctuation;
}
