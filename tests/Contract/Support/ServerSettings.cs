using Snakepit.Transport;

namespace Snakepit.Tests.Contract.Support;

/// <summary>How a server of a test differs from one with the defaults; null = it does not.</summary>
public sealed record ServerSettings
{
    public static ServerSettings Default { get; } = new();

    /// <summary>Whether what it holds survives a restart.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>The file that says who may call.</summary>
    public string? Access { get; init; }

    /// <summary>What it shows by TLS, except on loopback, where the tests are: they still call it in cleartext.</summary>
    public TlsFiles? Certificate { get; init; }

    /// <summary>Silence after which a watch sends a heartbeat.</summary>
    public TimeSpan? Heartbeat { get; init; }

    /// <summary>A watch whose client takes nothing for this long is ended.</summary>
    public TimeSpan? StallLimit { get; init; }

    /// <summary>Disuse after which a session leaves memory, and comes back with the next call.</summary>
    public TimeSpan? IdleTime { get; init; }

    public int? MaxWatchers { get; init; }

    public long? MaxSessions { get; init; }

    public int? MaxVariables { get; init; }

    public int? MaxBatch { get; init; }

    public int? MaxValueBytes { get; init; }

    public int? MaxCalculations { get; init; }

    /// <summary>Disuse after which a calculation ends.</summary>
    public TimeSpan? CalculationIdleTime { get; init; }

    /// <summary>Whether it has an admin port.</summary>
    public bool HasAdmin { get; init; }

    /// <summary>A collector that gets its metrics, and a trace of every call.</summary>
    public Uri? Collector { get; init; }

    /// <summary>Changes of a session that can be replayed; older ones are let go of soon.</summary>
    public long? ReplayableChanges { get; init; }
}
