using System.Globalization;
using System.Text;

namespace Snakepit.Sessions.Values;

/// <summary>A minimum or maximum, ready to be compared with.</summary>
/// <param name="Text">As it was written; refusals name it so.</param>
/// <param name="Number">The nearest double.</param>
/// <param name="Integer">
/// The integer nearest to it on the allowed side, plainly spelled; null for an infinity or where the variable
/// is no integer.
/// </param>
internal sealed record Bound(string Text, double Number, byte[]? Integer)
{
    /// <summary>Below 0, 0 or above 0 as a plainly spelled integer is below, at or above the bound.</summary>
    public int CompareFrom(ReadOnlySpan<byte> integer) =>
        Integer is not null ? DecimalText.Compare(integer, Integer) : double.IsPositive(Number) ? -1 : 1;

    public static bool Same(Bound? left, Bound? right)
    {
        if (left is null || right is null)
        {
            return left is null && right is null;
        }

        return left.Integer is not null && right.Integer is not null
            ? left.Integer.AsSpan().SequenceEqual(right.Integer)
            : left.Integer is null && right.Integer is null && left.Number == right.Number;
    }

    /// <summary>Reads a number token, or the name of an infinity; null if it is neither or lies beyond what the type can hold.</summary>
    /// <param name="token">The number or the string's content.</param>
    /// <param name="isName">True for a string.</param>
    /// <param name="ofIntegers">The variable's type is integer.</param>
    /// <param name="isMinimum">Rounds up rather than down, where integers are bounded.</param>
    public static Bound? Read(string token, bool isName, bool ofIntegers, bool isMinimum)
    {
        if (isName)
        {
            return token switch
            {
                "Infinity" => new Bound(token, double.PositiveInfinity, null),
                "-Infinity" => new Bound(token, double.NegativeInfinity, null),
                _ => null,
            };
        }

        var text = Encoding.ASCII.GetBytes(token);
        if (DecimalText.IsTooLong(text))
        {
            return null;
        }

        var number = double.Parse(token, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!ofIntegers)
        {
            return double.IsFinite(number) ? new Bound(token, number, null) : null;
        }

        return DecimalText.Round(text, isMinimum) is { } integer ? new Bound(token, number, integer) : null;
    }
}
