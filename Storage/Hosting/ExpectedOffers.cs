using Snakepit.Protocol.Storing;
using Snakepit.Protocol.Tools;

namespace Snakepit.Storage.Hosting;

/// <summary>
/// Calls of tools that are in flight: a worker that is called for a session the first time offers it its tools, under a
/// name that nobody else knows it by. In memory only. Guarded by the host's lock.
/// </summary>
internal sealed class ExpectedOffers
{
    /// <summary>Beyond these the oldest goes: a worker offers its tools before it begins with the call.</summary>
    public const int MaxCalls = 1_000;

    /// <summary>A call may last longer; its offer comes at its beginning.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly Dictionary<string, Expected> _byCall = new(StringComparer.Ordinal);
    private long _order;

    /// <summary>Takes note of a call, or of its end.</summary>
    public void Note(ExpectOffer call, DateTimeOffset now)
    {
        if (call.Host is null)
        {
            _byCall.Remove(call.CallId);
            return;
        }

        if (_byCall.Count >= MaxCalls && !_byCall.ContainsKey(call.CallId))
        {
            MakeRoom(now);
        }

        var until = Math.Min(call.Until, UnixTime.ToMicroseconds(now + Longest));
        _byCall[call.CallId] = new Expected(_order++, call.ToolName, call.Host, until);
    }

    /// <summary>Whether a call is in flight.</summary>
    public bool AreLive(DateTimeOffset now)
    {
        Prune(now);
        return _byCall.Count > 0;
    }

    /// <summary>
    /// The hosts an offer comes from: the one it names, unless it was made in the course of a call. Of several calls
    /// those count whose tool is among the offered ones; where that leaves several hosts it can be any, and it is all.
    /// </summary>
    /// <param name="calls">The session's; null = it has had none.</param>
    /// <param name="offer">The offer.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<ToolHost> HostsOf(ExpectedOffers? calls, OfferTools offer, DateTimeOffset now) =>
        offer.SelfNamed && calls?.AreLive(now) == true ? calls.HostsOf(offer) : [offer.Host ?? new ToolHost()];

    private IReadOnlyList<ToolHost> HostsOf(OfferTools offer)
    {
        var offered = offer.Tools.Select(spec => spec.Name).ToHashSet(StringComparer.Ordinal);
        var calls = _byCall.Values.Where(call => offered.Contains(call.ToolName)).ToList();
        return [.. (calls.Count > 0 ? calls : [.. _byCall.Values])
            .OrderBy(call => call.Order)
            .Select(call => call.Host)
            .DistinctBy(host => host.Id)];
    }

    private void MakeRoom(DateTimeOffset now)
    {
        Prune(now);
        if (_byCall.Count >= MaxCalls)
        {
            _byCall.Remove(_byCall.MinBy(call => call.Value.Order).Key);
        }
    }

    private void Prune(DateTimeOffset now)
    {
        var microseconds = UnixTime.ToMicroseconds(now);
        foreach (var (id, call) in _byCall)
        {
            if (call.Until <= microseconds)
            {
                _byCall.Remove(id);
            }
        }
    }

    private readonly record struct Expected(long Order, string ToolName, ToolHost Host, long Until);
}
