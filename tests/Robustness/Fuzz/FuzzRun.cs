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

    public static FuzzRun Of(int cases)
    {
        var run = new FuzzRun(
            Number("SNAKEPIT_FUZZ_SEED") ?? Random.Shared.Next(), Number("SNAKEPIT_FUZZ_FIRST") ?? 0, Number("SNAKEPIT_FUZZ_CASES") ?? cases);
        TestContext.Current.TestOutputHelper?.WriteLine($"{run}");
        return run;
    }

    public IEnumerable<int[]> Batches() => Enumerable.Range(First, Cases).Chunk(BatchSize);

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
