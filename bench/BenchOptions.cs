using System.Globalization;

namespace Snakepit.Bench;

/// <summary>What the command line says.</summary>
/// <param name="Server">The `snakepit` executable's path, or its .dll's; empty = the cluster alone is measured.</param>
/// <param name="Rounds">How often each scenario runs; medians are taken over them.</param>
/// <param name="Seconds">How long each load lasts, about.</param>
/// <param name="Only">Scenarios whose names contain this; null = all.</param>
/// <param name="Cluster">The folder of a published silo and gateway, to be measured in the sidecar's place, or beside it; null = the sidecar alone.</param>
internal sealed record BenchOptions(string Server, int Rounds, int Seconds, string? Only, string? Cluster = null)
{
    public const string Usage = """
        usage: bench/run [cluster|both] [--rounds N] [--seconds N] [--only TEXT] [--server PATH]

          cluster        measure one silo, one gateway and a PostgreSQL of their own rather than the sidecar;
                         the processor time is that of silo and gateway, together and each
          both           the sidecar and such a cluster, in turn within each round
          --rounds N     rounds of all scenarios, in turn (3)
          --seconds N    length of each load, about (4)
          --only TEXT    only scenarios whose names contain TEXT
          --server PATH  the snakepit executable or .dll to measure (a release build of this checkout)
        """;

    /// <summary>What each scenario is run against, one after the other, and what it is called; "" = there is only one.</summary>
    public IReadOnlyList<(string Name, BenchOptions Options)> Targets => Server.Length > 0 && Cluster is not null
        ? [("sidecar", this with { Cluster = null }), ("cluster", this with { Server = "" })]
        : [("", this)];

    public bool Selects(string scenario) => Only is null || scenario.Contains(Only, StringComparison.OrdinalIgnoreCase);

    /// <summary>Null where the arguments are not understood.</summary>
    public static BenchOptions? Parse(string[] args)
    {
        var options = new BenchOptions("", Rounds: 3, Seconds: 4, Only: null);
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            var text = args[i + 1];
            var number = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 ? n : 0;
            switch (args[i])
            {
                case "--server":
                    options = options with { Server = text };
                    break;
                case "--cluster":
                    options = options with { Cluster = text };
                    break;
                case "--only":
                    options = options with { Only = text };
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

        return args.Length % 2 == 0 && (options.Server.Length > 0 || options.Cluster is not null) ? options : null;
    }
}
