using Snakepit.Bridge.Tools.Attached;
using Snakepit.Bridge.Tools.Relayed;
using Snakepit.Bridge.Tools.Workers;
using Snakepit.Protocol.Storing;
using Snakepit.Protocol.Tools;
using Snakepit.Storage;
using Snakepit.Transport;

namespace Snakepit.Bridge.Tools;

/// <summary>
/// The hosts of a process that is one of many: what it tells the others, and what it makes of their word. A worker that
/// was announced anywhere is announced everywhere; a host that is attached elsewhere is relayed to.
/// </summary>
public sealed partial class ToolHosts
{
    /// <summary>What stands before the address of a gateway that is reached by TLS.</summary>
    public const string TlsScheme = "https://";

    /// <summary>How long it is remembered that a worker was removed: longer than any gateway is silent and still there.</summary>
    private static readonly TimeSpan RemovalLasts = TimeSpan.FromHours(1);

    private readonly Dictionary<HostKey, Announcement> _announcements = [];
    private readonly GatewayChannels _gateways = new(settings, time, logger);

    /// <summary>Null = there are no others. Set before anything is served.</summary>
    public IHostExchange? Exchange { get; set; }

    /// <summary>How other gateways are called; null = in cleartext. All gateways of a cluster do it alike.</summary>
    public ClientTls? GatewayTls
    {
        get => _gateways.Tls;
        init => _gateways.Tls = value;
    }

    public ValueTask LookAgainAsync(CancellationToken cancellation) => Exchange?.ExchangeAsync(cancellation) ?? default;

    /// <summary>What the others should know. Who tells them adds who it is.</summary>
    public GatewayHosts Report()
    {
        lock (_changing)
        {
            ForgetRemovals();
            return new GatewayHosts
            {
                Attached =
                {
                    Attached().Where(static host => host.IsAvailable).Select(
                        static host => new AttachedAt { Tenant = host.Tenant, HostId = host.Identity.Id, Since = host.Since }),
                },
                Announcements = { _announcements.Values },
            };
        }
    }

    /// <summary>Takes the others' word for what they have: all of them, those that are not mentioned have gone.</summary>
    public void Apply(IReadOnlyCollection<GatewayHosts> others)
    {
        lock (_changing)
        {
            foreach (var announcement in others.SelectMany(static other => other.Announcements))
            {
                if (announcement.Version > (_announcements.GetValueOrDefault(KeyOf(announcement))?.Version ?? 0))
                {
                    _announcements[KeyOf(announcement)] = announcement;
                    Follow(announcement);
                }
            }

            var there = new Dictionary<HostKey, (long Since, string Address)>();
            foreach (var (other, host) in others.SelectMany(static other => other.Attached.Select(host => (other, host))))
            {
                var key = new HostKey(host.Tenant, host.HostId);
                if (host.Since > there.GetValueOrDefault(key).Since)
                {
                    there[key] = (host.Since, other.Address);
                }
            }

            var gone = _entries.Values.Where(entry => entry.Host is RelayedHost && !there.ContainsKey(HostKey.Of(entry.Host)));
            foreach (var entry in gone.ToList())
            {
                Take(entry);
            }

            foreach (var (key, (since, address)) in there)
            {
                Relay(key, since, address);
            }

            _gateways.Keep([.. others.Select(static other => other.Address)]);
        }
    }

    private static long SinceOf(IToolHost? host) => host switch
    {
        RelayedHost relayed => relayed.Since,
        AttachedHost attached => attached.Since,
        _ => 0,
    };

    private static HostKey KeyOf(Announcement announcement) => new(announcement.Tenant, announcement.WorkerId);

    private void Relay(HostKey key, long since, string address)
    {
        var known = _entries.GetValueOrDefault(key)?.Host;
        if (known is not (null or RelayedHost or AttachedHost)
            || SinceOf(known) >= since
            || (known is null && Full() is not null)
            || _gateways.To(address) is not { } gateway)
        {
            return;
        }

        Put(new Entry(new RelayedHost(key, since, gateway), () => [Describe(key.Id, since, address)]));
        if (known is AttachedHost older)
        {
            Supersede(older);
        }
    }

    private static WorkerStatus Describe(string id, long since, string address) => new()
    {
        WorkerId = id,
        Kind = WorkerStatus.Types.Kind.Attached,
        State = WorkerStatus.Types.State.Ready,
        Since = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(UnixTime.FromMicroseconds(since)),
        Detail = $"attached to gateway {address}",
    };

    private void Follow(Announcement announcement)
    {
        if (announcement.Address.Length > 0)
        {
            // What stands in the way here is a host of another kind, or the limit: then this process goes without.
            TakeUp(KeyOf(announcement), announcement.Address);
        }
        else if (_entries.GetValueOrDefault(KeyOf(announcement)) is { Host: AnnouncedWorker worker } entry)
        {
            Take(entry);
            worker.Dispose();
        }
    }

    private void NoteAnnouncement(HostKey key, string address)
    {
        var known = _announcements.GetValueOrDefault(key);
        if (known?.Address != address)
        {
            var version = Math.Max(UnixTime.ToMicroseconds(time.GetUtcNow()), (known?.Version ?? 0) + 1);
            _announcements[key] = new Announcement { Tenant = key.Tenant, WorkerId = key.Id, Address = address, Version = version };
            Exchange?.Wake();
        }
    }

    private void ForgetRemovals()
    {
        var old = UnixTime.ToMicroseconds(time.GetUtcNow() - RemovalLasts);
        foreach (var removed in _announcements.Values.Where(removed => removed.Address.Length == 0 && removed.Version < old).ToList())
        {
            _announcements.Remove(KeyOf(removed));
        }
    }
}
