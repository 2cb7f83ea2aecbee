using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Snakepit.Sessions;

/// <summary>
/// The request_id that a gateway gives to a call that came without one, so that it can send the call again when
/// it does not know what became of it. It also says how far that gateway's earlier calls to the session are
/// answered: their replies need not be remembered any longer, and no copy of them that is still under way may
/// take effect.
/// </summary>
/// <param name="Caller">The gateway: one life of one process.</param>
/// <param name="Sequence">The call's number among its caller's; each later call has a higher one.</param>
/// <param name="Settled">Every call to the session with a lower number has been answered, or was given up.</param>
public readonly record struct MintedRequestId(string Caller, long Sequence, long Settled)
{
    // No name may contain it, and no client's request_id may begin with it.
    private const char Mark = '\x1';

    /// <summary>Whether a text is, or pretends to be, such an id.</summary>
    public static bool IsMinted(string requestId) => requestId.Length > 0 && requestId[0] == Mark;

    public static bool TryParse(string requestId, [NotNullWhen(true)] out MintedRequestId? id)
    {
        id = null;
        if (!IsMinted(requestId))
        {
            return false;
        }

        var text = requestId.AsSpan(1);
        var (first, last) = (text.IndexOf(Mark), text.LastIndexOf(Mark));
        if (first > 0 && last > first &&
            long.TryParse(text[(first + 1)..last], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) &&
            long.TryParse(text[(last + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var settled))
        {
            id = new MintedRequestId(text[..first].ToString(), sequence, settled);
        }

        return id is not null;
    }

    /// <summary>The text that travels as request_id.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Mark}{Caller}{Mark}{Sequence}{Mark}{Settled}");
}
