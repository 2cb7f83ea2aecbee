using System.Globalization;
using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Health;
using Snakepit.Storage;
using Snakepit.Storage.Memory;
using Snakepit.Storage.Sqlite;

namespace Snakepit.Sidecar;

/// <summary>Where a sidecar keeps what it has, and whether that can be used: asked once a second, as soon as something has failed there.</summary>
internal sealed class SidecarStore
{
    // A disk that has stopped answering fails nothing.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // What one transaction may take at the most: a disk that has less refuses some writes while it takes others.
    private const long LeastRoom = 16 * 1024 * 1024;

    private readonly SqliteStore? _file;
    private readonly ReportedReadiness _readiness;
    private long _failuresSeen;

    private SidecarStore(SqliteStore? file, HealthStatus health, ILogger logger)
    {
        _file = file;
        _readiness = new ReportedReadiness(health, logger, reason: null);
        if (file is null)
        {
            var memory = new MemoryStore();
            (Sessions, Calculations, Name) = (memory, memory.Calculations, "memory");
        }
        else
        {
            (Sessions, Calculations, Name) = (file, file.Calculations, "SQLite");
        }
    }

    public ISessionStore Sessions { get; }

    public ICalculationStore Calculations { get; }

    /// <summary>What kind it is of, as users are told.</summary>
    public string Name { get; }

    /// <summary>Why it cannot be used, in one line; null = it can.</summary>
    public string? Unreadiness => _readiness.Reason;

    /// <summary>Opens it.</summary>
    /// <param name="folder">The data folder; null = in memory.</param>
    /// <param name="health">Told when it can no longer be used, and when it can again. That it serves at first is its owner's to say.</param>
    /// <param name="logger">Told the same.</param>
    /// <exception cref="StoreException">The data folder is in use by another process or cannot be used.</exception>
    public static SidecarStore Open(string? folder, HealthStatus health, ILogger logger) =>
        new(folder is null ? null : SqliteStore.Open(folder), health, logger);

    /// <summary>
    /// Where something has failed since the last time, or it could not be used then, tries to write. What failed by itself
    /// alone makes no store unusable.
    /// </summary>
    public async Task CheckAsync(TimeSpan? patience = null)
    {
        if (_file is null)
        {
            return;
        }

        // Before it is tried: what fails meanwhile is for the next time.
        var failures = _file.Failures;
        var longest = patience ?? Patience;
        if (_file.Writing >= longest)
        {
            _readiness.Tell($"the store has not answered for {_file.Writing.TotalSeconds:0} s");
        }
        else if (Unreadiness is not null || failures != _failuresSeen)
        {
            _readiness.Tell(await ProbeAsync(_file, longest) ?? RoomIsMissing(_file));
            _failuresSeen = failures;
        }
    }

    private static string? RoomIsMissing(SqliteStore file) => file.FreeSpace is < LeastRoom and var free
        ? string.Create(CultureInfo.InvariantCulture, $"the disk is nearly full: {free / 1048576.0:0.0} MiB are free, and something found no room")
        : null;

    private static async Task<string?> ProbeAsync(SqliteStore file, TimeSpan longest)
    {
        try
        {
            await file.ProbeAsync().WaitAsync(longest);
            return null;
        }
        catch (StoreException failure)
        {
            return failure.Message;
        }
        catch (TimeoutException)
        {
            return $"the store has not answered for {longest.TotalSeconds:0} s";
        }
    }
}
