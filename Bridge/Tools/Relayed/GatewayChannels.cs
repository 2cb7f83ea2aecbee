using Snakepit.Bridge.Tools.Workers;

namespace Snakepit.Bridge.Tools.Relayed;

/// <summary>
/// The ways to other gateways, one each. Guarded by who has it. One that is not heard of any more stays for as long as
/// calls by it may take.
/// </summary>
internal sealed class GatewayChannels(ToolSettings settings, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan LongestCall = TimeSpan.FromHours(1);

    private readonly Dictionary<string, (WorkerChannel Channel, long Seen)> _channels = new(StringComparer.Ordinal);

    /// <summary>Null where the address is none.</summary>
    public WorkerChannel? To(string address)
    {
        if (_channels.TryGetValue(address, out var known))
        {
            return known.Channel;
        }

        try
        {
            var channel = new WorkerChannel(address, settings, time);
            _channels[address] = (channel, time.GetTimestamp());
            return channel;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>These are there.</summary>
    public void Keep(IEnumerable<string> addresses)
    {
        foreach (var address in addresses)
        {
            if (_channels.TryGetValue(address, out var known))
            {
                _channels[address] = known with { Seen = time.GetTimestamp() };
            }
        }

        foreach (var (address, (channel, seen)) in _channels.ToList())
        {
            if (time.GetElapsedTime(seen) > LongestCall)
            {
                _channels.Remove(address);
                channel.Dispose();
            }
        }
    }

    public void Dispose()
    {
        foreach (var (channel, _) in _channels.Values)
        {
            channel.Dispose();
        }
    }
}
