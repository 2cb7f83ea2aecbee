using System.Globalization;

namespace Snakepit.Tests.Robustness.Fuzz;

/// <summary>One message that is sent to one method, or bytes that are written to a connection.</summary>
/// <param name="Seed">Of the run.</param>
/// <param name="Number">Within the run: seed and number make the case.</param>
/// <param name="What">For people: a method's path, or a kind of broken connection.</param>
/// <param name="Bytes">What is sent.</param>
internal sealed record FuzzCase(int Seed, int Number, string What, byte[] Bytes)
{
    private const int Shown = 4_096;

    /// <summary>A source of chance that is the same each time the case is made.</summary>
    public static Random Chance(int seed, int number) => new(unchecked((seed * 486_187_739) + number));

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{What}, {Bytes.Length} bytes: SNAKEPIT_FUZZ_SEED={Seed} SNAKEPIT_FUZZ_FIRST={Number} SNAKEPIT_FUZZ_CASES=1, {Convert.ToHexString(Bytes.AsSpan(0, Math.Min(Shown, Bytes.Length)))}");
}
