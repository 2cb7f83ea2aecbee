using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Telemetry;
using Snakepit.Bridge.Tools.Attached;
using Snakepit.Bridge.Tools.Relayed;
using Snakepit.Bridge.Tools.Workers;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Tools;
using Snakepit.Sessions;

namespace Snakepit.Bridge.Tools;

/// <summary>
/// The hosts of this process: workers that were announced, clients that attached, and what others add, as a pool of
/// workers or the hosts of another gateway. Their number is bounded. Safe from any thread.
/// </summary>
public sealed partial class ToolHosts(ToolSettings settings, TelemetryHub events, TimeProvider time, ILogger<ToolHosts> logger)
    : IToolHosts, IDisposable
{
    private readonly Lock _changing = new();
    private readonly ConcurrentDictionary<HostKey, Entry> _entries = new();
    private ImmutableArray<IToolHost> _unregistered = [];
    private ITimer? _drained;
    private bool _draining;

    public IReadOnlyList<IToolHost> Unregistered(string tenant) =>
        _unregistered.All(host => host.Tenant == tenant) ? _unregistered : _unregistered.RemoveAll(host => host.Tenant != tenant);

    public bool TryFind(string tenant, string hostId, [MaybeNullWhen(false)] out IToolHost host)
    {
        host = _entries.GetValueOrDefault(new HostKey(tenant, hostId))?.Host;
        return host is not null;
    }

    public IReadOnlyCollection<WorkerStatus> Describe(string tenant) =>
        [.. _entries.Values.Where(entry => entry.Host.Tenant == tenant).SelectMany(entry => entry.Describe()).OrderBy(status => status.WorkerId, StringComparer.Ordinal)];

    /// <summary>Every host of every tenant.</summary>
    public IEnumerable<WorkerStatus> DescribeAll() => _entries.Values.SelectMany(static entry => entry.Describe());

    /// <summary>Adds a host of another kind. Dispose of the result to remove it.</summary>
    /// <param name="host">Called from then on.</param>
    /// <param name="describe">Each worker that it consists of.</param>
    /// <exception cref="InvalidOperationException">A host of that id is there, or there are as many as may be.</exception>
    public IDisposable Add(IToolHost host, Func<IEnumerable<WorkerStatus>> describe)
    {
        lock (_changing)
        {
            var entry = new Entry(host, describe);
            if ((_entries.ContainsKey(HostKey.Of(host)) ? Taken(host.Identity.Id) : Full()) is { } refusal)
            {
                throw new InvalidOperationException(refusal.Message);
            }

            Put(entry);
            return new Removal(this, entry);
        }
    }

    /// <summary>Takes up a worker that listens, or the new address of one. What is under way at the old one goes on.</summary>
    /// <param name="id">Empty = its address.</param>
    /// <param name="address">`HOST:PORT`.</param>
    /// <param name="tenant">Whose sessions it serves.</param>
    public Outcome<AnnouncedWorker> Announce(string id, string address, string tenant = "")
    {
        id = id.Length == 0 ? address : id;
        if (HostIds.Check(id, "worker_id") is { } badId)
        {
            return badId;
        }

        lock (_changing)
        {
            var key = new HostKey(tenant, id);
            var taken = TakeUp(key, address);
            if (!taken.IsRefused)
            {
                NoteAnnouncement(key, address);
            }

            return taken;
        }
    }

    /// <summary>Forgets an announced worker; false = it was not there. What is under way goes on.</summary>
    public Outcome<RemoveWorkerResponse> Remove(string id, string tenant = "")
    {
        lock (_changing)
        {
            var key = new HostKey(tenant, id);
            if (!_entries.TryGetValue(key, out var entry))
            {
                return new RemoveWorkerResponse();
            }

            if (entry.Host is not AnnouncedWorker worker)
            {
                return Refusal.Precondition($"worker {id} was not announced: it cannot be removed like one");
            }

            Take(entry);
            worker.Dispose();
            NoteAnnouncement(key, address: "");
            return new RemoveWorkerResponse { Removed = true };
        }
    }

    /// <summary>Takes up a host that attached, in the place of its older stream, which is ended.</summary>
    internal Refusal? Attach(AttachedHost host)
    {
        lock (_changing)
        {
            var known = _entries.GetValueOrDefault(HostKey.Of(host));
            if (_draining)
            {
                return Refusal.Unavailable("the server is shutting down");
            }

            if ((known is null ? Full() : known.Host is AttachedHost or RelayedHost ? Foreign(known.Host, host) : Taken(host.Identity.Id)) is { } refusal)
            {
                return refusal;
            }

            // Of two streams the later holds, whatever the clocks of two gateways say.
            host.AttachedAfter(SinceOf(known?.Host));
            Put(new Entry(host, () => [host.Describe()]));
            if (known?.Host is AttachedHost older)
            {
                Supersede(older);
            }
        }

        Exchange?.Wake();
        return null;
    }

    /// <summary>The host's stream has ended. No effect where a newer one is in its place.</summary>
    internal void Detach(AttachedHost host)
    {
        lock (_changing)
        {
            if (_entries.GetValueOrDefault(HostKey.Of(host)) is not { } entry || entry.Host != host)
            {
                return;
            }

            Take(entry);
        }

        Exchange?.Wake();
    }

    /// <summary>The server stops: attached hosts are told, and their streams end behind their calls.</summary>
    public void Drain()
    {
        lock (_changing)
        {
            _draining = true;
            foreach (var host in Attached())
            {
                host.Drain();
            }

            _drained ??= time.CreateTimer(static hosts => ((ToolHosts)hosts!).EndAttached(), this, settings.DrainPatience, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Lets go of the announced workers. The others are their owners'.</summary>
    public void Dispose()
    {
        lock (_changing)
        {
            _drained?.Dispose();
            foreach (var entry in _entries.Values.Where(entry => entry.Host is AnnouncedWorker).ToList())
            {
                Take(entry);
                ((AnnouncedWorker)entry.Host).Dispose();
            }

            _gateways.Dispose();
        }
    }

    // Under the lock.
    private Outcome<AnnouncedWorker> TakeUp(HostKey key, string address)
    {
        var (tenant, id) = key;
        var known = _entries.GetValueOrDefault(key);
        if ((known is null ? Full() : known.Host is AnnouncedWorker ? null : Taken(id)) is { } refusal)
        {
            return refusal;
        }

        var before = known?.Host as AnnouncedWorker;
        if (before?.Address == address)
        {
            return before;
        }

        AnnouncedWorker worker;
        try
        {
            worker = new AnnouncedWorker(id, address, settings, events, time, logger, tenant);
        }
        catch (ArgumentException)
        {
            return Refusal.Invalid($"address '{address}' is not HOST:PORT");
        }

        Put(new Entry(worker, () => [worker.Describe()]));
        before?.Dispose();
        return worker;
    }

    private static void Supersede(AttachedHost older)
    {
        older.End(new RpcStatus(RpcCode.Aborted, $"host {older.Identity.Id} has attached elsewhere"));
        older.Lose();
    }

    private IEnumerable<AttachedHost> Attached() => _entries.Values.Select(entry => entry.Host).OfType<AttachedHost>();

    private void EndAttached()
    {
        foreach (var host in Attached())
        {
            host.End(new RpcStatus(RpcCode.Unavailable, "the server is shutting down"));
        }
    }

    private Refusal? Full() => _entries.Count >= settings.MaxHosts
        ? Refusal.Exhausted($"the limit of {settings.MaxHosts} hosts of tools is reached")
        : null;

    // Who may serve tools, too, could otherwise take the calls that are meant for another.
    private static Refusal? Foreign(IToolHost known, AttachedHost host) => known is AttachedHost other && other.Owner.Name != host.Owner.Name
        ? Refusal.AlreadyExists($"host {host.Identity.Id} is attached by another principal")
        : null;

    private static Refusal Taken(string id) => Refusal.AlreadyExists($"{id} is a host of another kind");

    private void Put(Entry entry)
    {
        _entries[HostKey.Of(entry.Host)] = entry;
        _unregistered = FindUnregistered();
    }

    private void Take(Entry entry)
    {
        if (_entries.TryRemove(new KeyValuePair<HostKey, Entry>(HostKey.Of(entry.Host), entry)))
        {
            _unregistered = FindUnregistered();
        }
    }

    private ImmutableArray<IToolHost> FindUnregistered() =>
        [.. _entries.Values.Select(entry => entry.Host).Where(host => host.TakesUnregistered)];

    private sealed record Entry(IToolHost Host, Func<IEnumerable<WorkerStatus>> Describe);

    private sealed class Removal(ToolHosts hosts, Entry entry) : IDisposable
    {
        public void Dispose()
        {
            lock (hosts._changing)
            {
                hosts.Take(entry);
            }
        }
    }
}
