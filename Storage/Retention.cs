namespace Snakepit.Storage;

/// <summary>What of a session's log must be kept.</summary>
/// <param name="After">What has revisions above this one can be replayed, unless it is older than <paramref name="NotBefore"/>.</param>
/// <param name="NotBefore">Commits made before this time need not be replayable.</param>
/// <param name="HistoryLimit">
/// How many values of each variable are kept, replayable or not: a value is among the newest N while its
/// version &gt; the version at the checkpoint − N.
/// </param>
public sealed record Retention(long After, DateTimeOffset NotBefore, int HistoryLimit);

/// <summary>The newest part of a session's log.</summary>
/// <param name="After">It has the changes after this revision, which is the end of a commit or the log's floor.</param>
/// <param name="Bytes">What its commits have, as they are stored, with the large values that they were the first to give.</param>
public readonly record struct LogExtent(long After, long Bytes);

/// <summary>What a trim has left of a session's log.</summary>
/// <param name="Floor">The floor that holds from now on.</param>
/// <param name="HistoryBytes">
/// What the commits have that stay for their variables' history alone, as they are stored, without large values: at or below the
/// floor, and not after the checkpoint.
/// </param>
public readonly record struct TrimmedLog(long Floor, long HistoryBytes);
