using System.Buffers;
using System.Text;

namespace Snakepit.Sessions.Commands;

/// <summary>What may be a name or an id.</summary>
public static class Names
{
    private static readonly SearchValues<char> ControlCharacters =
        SearchValues.Create([.. Enumerable.Range(0, ' ').Select(static code => (char)code), '\x7f']);

    /// <summary>The refusal of a name that is empty, too long or has control characters.</summary>
    /// <param name="name">The name.</param>
    /// <param name="what">What it names, for the message: `session_id`, `variable name`.</param>
    /// <param name="limits">Their length is bounded there.</param>
    public static Refusal? Check(string name, string what, SessionLimits limits)
    {
        if (name.Length == 0)
        {
            return Refusal.Invalid($"{what} must not be empty");
        }

        if (name.AsSpan().ContainsAny(ControlCharacters))
        {
            return Refusal.Invalid($"{what} must not contain control characters");
        }

        return CheckLength(name, what, limits);
    }

    public static Refusal? CheckLength(string name, string what, SessionLimits limits)
    {
        // A char is three bytes at the most: nearly every name is settled without counting.
        if (name.Length * 3 <= limits.MaxNameBytes)
        {
            return null;
        }

        var bytes = Encoding.UTF8.GetByteCount(name);
        return bytes <= limits.MaxNameBytes
            ? null
            : Refusal.Invalid($"{what} has {bytes} bytes, the limit is {limits.MaxNameBytes}");
    }
}
