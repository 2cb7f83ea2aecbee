using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Tools.Workers;
using Snakepit.Transport;

namespace Snakepit.Bridge.Tools.Relayed;

/// <summary>
/// The ways to other gateways, one each. Guarded by who has it. One that is not heard of any more stays for as long as
/// calls by it may take.
/// </summary>
internal sealed class GatewayChannels(ToolSettings settings, TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly TimeSpan LongestCall = TimeSpan.FromHours(1);

    private readonly Dictionary<string, (WorkerChannel Channel, long Seen)> _channels = new(StringComparer.Ordinal);

    // Told once each, for as long as they are there.
    private readonly HashSet<string> _unlike = new(StringComparer.Ordinal);

    /// <summary>Null = cleartext.</summary>
    public ClientTls? Tls { get; set; }

    /// <summary>
    /// Null where the address is none, or one of the two speaks TLS and the other does not: what clients were promised to be
    /// encrypted does not go on in cleartext.
    /// </summary>
    public WorkerChannel? To(string address)
    {
        if (_channels.TryGetValue(address, out var known))
        {
            return known.Channel;
        }

        var speaksTls = address.StartsWith(ToolHosts.TlsScheme, StringComparison.Ordinal);
        if (speaksTls != (Tls is not null))
        {
            if (_unlike.Add(address))
            {
                logger.GatewayUnlike(address);
            }

            return null;
        }

        try
        {
            var target = speaksTls ? address[ToolHosts.TlsScheme.Length..] : address;
            var channel = new WorkerChannel(target, settings, time, Tls);
            _channels[address] = (channel, time.GetTimestamp());
            return channel;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>These are there.</summary>
    public void Keep(IReadOnlyCollection<string> addresses)
    {
        _unlike.IntersectWith(addresses);
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
