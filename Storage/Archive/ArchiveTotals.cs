using Snakepit.Protocol.Storing;

namespace Snakepit.Storage.Archive;

/// <summary>What records amount to.</summary>
public sealed class ArchiveTotals
{
    public long Sessions { get; private set; }

    public long Commits { get; private set; }

    public long Changes { get; private set; }

    public long Records { get; private set; }

    internal void Add(ArchiveRecord record)
    {
        Records++;
        Sessions += record.ContentCase == ArchiveRecord.ContentOneofCase.Session ? 1 : 0;
        if (record.Commit is { } commit)
        {
            Commits++;
            Changes += commit.LastRevision - commit.FirstRevision + 1;
        }
    }

    /// <param name="takenAt">Microseconds since 1970 UTC; 0 = not told.</param>
    internal ArchiveEnd ToEnd(long takenAt) =>
        new() { Sessions = Sessions, Commits = Commits, Changes = Changes, Records = Records, TakenAt = takenAt };
}
