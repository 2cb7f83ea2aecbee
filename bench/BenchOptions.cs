using System.Globalization;

namespace Snakepit.Bench;

/// <summary>What the command line says.</summary>
/// <param name="Published">The folder in which `bench/run` has put all that is started.</param>
/// <param name="Rounds">How often each scenario runs; medians are taken over them.</param>
/// <param name="Seconds">How long each load lasts, about; a few scenarios have lengths of their own.</param>
/// <param name="Only">Scenarios whose names contain one of these; empty = all.</param>
/// <param name="Contenders">Those that are measured, by name; empty = all.</param>
/// <param name="IsJson">Whether figures are printed for programs to read.</param>
internal sealed record BenchOptions(
    string Published, int Rounds, int Seconds, IReadOnlyList<string> Only, IReadOnlyList<string> Contenders, bool IsJson)
{
    public const string Usage = """
        usage: bench/run [--rounds N] [--seconds N] [--only TEXT,...] [--of NAME,...] [--json]

          --rounds N      rounds of all scenarios, in turn (5)
          --seconds N     length of each load, about (4), but where a scenario has its own
          --only TEXT,... only scenarios whose names contain one of these;
                          "in one process" is what metrics and traces cost
          --of NAME,...   only these of: sidecar, cluster, bare Kestrel, Grpc.AspNetCore, etcd, Redis, Python;
                          those whose packages or programs are missing are left out anyway, and named
          --json          one JSON object with all figures and comparisons, not tables
        """;

    public bool Selects(Scenario scenario) =>
        Only.Count == 0 || Only.Any(text => scenario.Name.Contains(text, StringComparison.OrdinalIgnoreCase));

    public bool Selects(Contender contender) =>
        Contenders.Count == 0 || Contenders.Contains(contender.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Null where the arguments are not understood.</summary>
    public static BenchOptions? Parse(string[] args)
    {
        var options = new BenchOptions("", Rounds: 5, Seconds: 4, Only: [], Contenders: [], IsJson: args.Contains("--json"));
        string[] pairs = [.. args.Where(static arg => arg != "--json")];
        for (var i = 0; i + 1 < pairs.Length; i += 2)
        {
            var text = pairs[i + 1];
            var list = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var number = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 ? n : 0;
            switch (pairs[i])
            {
                case "--published":
                    options = options with { Published = text };
                    break;
                case "--only":
                    options = options with { Only = list };
                    break;
                case "--of":
                    options = options with { Contenders = list };
                    break;
                case "--rounds" when number > 0:
                    options = options with { Rounds = number };
                    break;
                case "--seconds" when number > 0:
                    options = options with { Seconds = number };
                    break;
                default:
                    return null;
            }
        }

        return pairs.Length % 2 == 0 && options.Published.Length > 0 ? options : null;
    }
}
