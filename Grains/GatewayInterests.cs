namespace Snakepit.Grains;

/// <summary>Which gateways have watchers of one session, and how many. Guarded by its owner's lock.</summary>
internal sealed class GatewayInterests(TimeProvider time)
{
    private readonly Dictionary<string, (Interest Interest, long Since)> _byGateway = new(StringComparer.Ordinal);

    /// <summary>How many watchers the gateways have that renewed their interest in time.</summary>
    public int Watchers
    {
        get
        {
            var watchers = 0;
            foreach (var (gateway, (interest, since)) in _byGateway)
            {
                if (time.GetElapsedTime(since) > Interest.Lasts)
                {
                    _byGateway.Remove(gateway);
                    continue;
                }

                watchers += interest.Watchers;
            }

            return watchers;
        }
    }

    public void Note(Interest interest)
    {
        // One that is over is remembered until it lapses: an earlier one may still be on its way.
        if (!_byGateway.TryGetValue(interest.Gateway, out var known) || known.Interest.Sequence < interest.Sequence)
        {
            _byGateway[interest.Gateway] = (interest, time.GetTimestamp());
        }
    }
}
