using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;

namespace Snakepit.Grains;

/// <summary>What the session grains of one silo have in common. Safe from any thread.</summary>
internal sealed class SiloSessions
{
    private readonly ConcurrentDictionary<SessionKey, SessionGrain> _active = new();
    private readonly IChangeStreams _streams;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public SiloSessions(SiloStore store, IChangeStreams streams, TimeProvider time, ILogger<SiloSessions> logger)
    {
        _streams = streams;
        _time = time;
        _logger = logger;
        Directory = new SessionDirectory(store.Sessions, store.Settings, store.Hosting, time)
        {
            StoreFailed = StoreFailed,
        };
    }

    /// <summary>The hosts of this silo: those of its active grains.</summary>
    public SessionDirectory Directory { get; }

    public void Activated(SessionKey key, SessionGrain grain) => _active[key] = grain;

    public void Deactivated(SessionKey key, SessionGrain grain) => _active.TryRemove(new(key, grain));

    /// <summary>
    /// Ends the activations whose sessions are neither in memory nor on their way there, if nobody has called them since
    /// the last time: one that ended at once would send everyone who asks for a session that is not there from
    /// activation to activation.
    /// </summary>
    public void DropUnused()
    {
        foreach (var (key, grain) in _active)
        {
            if (!Directory.IsActiveOrLoading(key) && grain.WasUnused())
            {
                grain.Drop();
            }
        }
    }

    /// <summary>The cause is for the log; callers are told that there was one.</summary>
    public void StoreFailed(SessionKey key, Exception failure) =>
        _logger.StoreFailed(key, failure.Message, StoreException.Unexpected(failure));

    public SessionAnnouncer NewAnnouncer(SessionKey key) => new(key, _streams, _time, _logger);
}
