using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Snakepit.Sessions;
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
            StoreFailed = (session, failure) => logger.StoreFailed(session, failure),

            // A grain whose session has left memory has nothing to do.
            HostClosed = key => _active.GetValueOrDefault(key)?.Drop(),
        };
    }

    /// <summary>The hosts of this silo: those of its active grains.</summary>
    public SessionDirectory Directory { get; }

    public void Activated(SessionKey key, SessionGrain grain) => _active[key] = grain;

    public void Deactivated(SessionKey key, SessionGrain grain) => _active.TryRemove(new(key, grain));

    public SessionAnnouncer NewAnnouncer(SessionKey key) => new(key, _streams, _time, _logger);
}
