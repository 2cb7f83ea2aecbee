namespace Snakepit.Serving;

/// <summary>What somebody may have meant who mistyped a word.</summary>
public static class Nearest
{
    private const int MostEdits = 2;

    /// <summary>The word that is nearest to a mistyped one, by at most two letters added, left out, changed or swapped; null = none is.</summary>
    public static string? Of(string mistyped, IEnumerable<string> words)
    {
        var (nearest, least) = ((string?)null, Math.Min(MostEdits, mistyped.Length / 3));
        foreach (var word in words)
        {
            if (Math.Abs(word.Length - mistyped.Length) <= least && Edits(mistyped, word) is var edits && edits <= least)
            {
                (nearest, least) = (word, edits - 1);
            }
        }

        return nearest;
    }

    /// <summary>As the end of a sentence about the word; empty where nothing is near.</summary>
    public static string Suggestion(string mistyped, IEnumerable<string> words) =>
        Of(mistyped, words) is { } nearest ? $"; did you mean '{nearest}'?" : "";

    // Of letters added, left out, changed, and of neighbours that have changed places: optimal string alignment.
    private static int Edits(string from, string to)
    {
        var edits = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            for (var j = 0; j <= to.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    edits[i, j] = i + j;
                    continue;
                }

                var least = Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1;
                least = Math.Min(least, edits[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1));
                edits[i, j] = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1]
                    ? Math.Min(least, edits[i - 2, j - 2] + 1)
                    : least;
            }
        }

        return edits[from.Length, to.Length];
    }
}
