namespace Snakepit.Bench.Scenarios;

/// <summary>Servers that are loaded in turn, again and again: what a machine does meanwhile falls on all of them.</summary>
internal static class Alternation
{
    /// <summary>The processor time of a call by each server, once a turn. Neither is always the first.</summary>
    /// <param name="turns">A figure's name, and the load whose processor time a call is that figure.</param>
    /// <param name="times">How often.</param>
    public static async Task<List<Figure>> RunAsync((string What, Func<Task<TimeSpan>> Load)[] turns, int times)
    {
        List<Figure> figures = [];
        for (var n = 0; n < times; n++)
        {
            for (var turn = 0; turn < turns.Length; turn++)
            {
                var (what, load) = turns[(turn + n) % turns.Length];
                figures.Add(new Figure(what, (await load()).TotalMicroseconds, "µs/call"));
            }
        }

        return figures;
    }
}
