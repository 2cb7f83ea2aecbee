namespace Snakepit.Sessions;

/// <summary>Bounds on what one session may hold and one request may carry. A refusal names the limit and its value.</summary>
public sealed record SessionLimits
{
    public static SessionLimits Default { get; } = new();

    /// <summary>Variables in one session.</summary>
    public int MaxVariables { get; init; } = 100_000;

    /// <summary>Bytes of a session id, a variable's name or any other name, in UTF-8.</summary>
    public int MaxNameBytes { get; init; } = 256;

    /// <summary>Bytes of one value, JSON and binary together.</summary>
    public int MaxValueBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Items of a batch, identifiers of a watch.</summary>
    public int MaxBatch { get; init; } = 1_000;

    /// <summary>Entries of one metadata map.</summary>
    public int MaxMetadataEntries { get; init; } = 64;

    /// <summary>Bytes of one metadata map, keys and values in UTF-8.</summary>
    public int MaxMetadataBytes { get; init; } = 16 * 1024;

    /// <summary>Bytes of a constraints or access control text, in UTF-8.</summary>
    public int MaxConstraintsBytes { get; init; } = 64 * 1024;

    /// <summary>Dependencies of one variable, and dependents of one.</summary>
    public int MaxDependencies { get; init; } = 1_000;

    /// <summary>Requests with a request_id that one session remembers; see <see cref="RequestMemory"/>.</summary>
    public int MaxRememberedRequests { get; init; } = 100_000;

    /// <summary>Tools in one session.</summary>
    public int MaxTools { get; init; } = 1_000;

    /// <summary>Bytes of all of a session's tools with their hosts, encoded: each commit that changes one holds them all.</summary>
    public int MaxToolBytes { get; init; } = 1024 * 1024;

    /// <summary>Hosts of one tool.</summary>
    public int MaxHostsPerTool { get; init; } = 64;
}
