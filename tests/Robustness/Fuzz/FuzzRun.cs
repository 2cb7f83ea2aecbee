using System.Globalization;

namespace Snakepit.Tests.Robustness.Fuzz;

/// <summary>Which cases a run has. The environment says otherwise for one by hand, and for one case that is to be seen again.</summary>
/// <param name="Seed">Makes every case, with its number.</param>
/// <param name="First">The first case's number.</param>
/// <param name="Cases">How many.</param>
internal sealed record FuzzRun(int Seed, int First, int Cases)
{
    /// <summary>Cases after which the server is looked at.</summary>
    public const int BatchSize = 500;

    /// <summary>Of the runs that are always made: what one of them finds, the next finds too.</summary>
    private const int UsualSeed = 20261126;

    /// <param name="cases">How many, unless the environment says otherwise.</param>
    /// <param name="isByHand">Whether other cases are wanted each time.</param>
    public static FuzzRun Of(int cases, bool isByHand = false)
    {
        var run = new FuzzRun(
            Number("SNAKEPIT_FUZZ_SEED") ?? (isByHand ? Random.Shared.Next() : UsualSeed), Number("SNAKEPIT_FUZZ_FIRST") ?? 0, Number("SNAKEPIT_FUZZ_CASES") ?? cases);
        TestContext.Current.TestOutputHelper?.WriteLine($"{run}");
        return run;
    }

    public IEnumerable<int[]> Batches() => Enumerable.Range(First, Cases).Chunk(BatchSize);

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
