using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using static Snakepit.Protocol.Storing.ArchiveRecord;

namespace Snakepit.Storage.Archive;

/// <summary>Follows a file record by record and says what cannot come where it does.</summary>
internal sealed class ArchiveCheck
{
    private readonly ArchiveTotals _totals = new();
    private ContentOneofCase _last = ContentOneofCase.None;
    private ArchivedSession? _session;
    private long _commit;

    public ArchiveTotals Totals => _totals;

    public static SessionKey KeyOf(ArchivedSession session) => new(session.Tenant, session.Id);

    /// <summary>What is wrong with the next record, to end the sentence that names it; null if nothing is.</summary>
    public string? Add(ArchiveRecord record)
    {
        var kind = record.ContentCase;
        if (kind == ContentOneofCase.None)
        {
            return "is of no known kind";
        }

        // The kinds are numbered in the order in which they come, except that a session can follow on another.
        var beginsSession = kind == ContentOneofCase.Session && _last <= ContentOneofCase.Request;
        var isOwned = kind is > ContentOneofCase.Session and <= ContentOneofCase.Request;
        if (!beginsSession && (kind < _last || (isOwned && _session is null)))
        {
            return "stands where none of its kind can be";
        }

        _last = kind;
        var wrong = kind switch
        {
            ContentOneofCase.Session => Begin(record.Session),
            ContentOneofCase.Commit => Add(record.Commit),
            ContentOneofCase.End => record.End.Equals(_totals.ToEnd(record.End.TakenAt)) ? null : "counts other records than came before it",
            _ => null,
        };
        _totals.Add(record);
        return wrong;
    }

    private string? Begin(ArchivedSession session)
    {
        var inOrder = _session is null ||
            (Utf8Order.Instance.Compare(_session.Tenant, session.Tenant) is var order && order != 0
                ? order
                : Utf8Order.Instance.Compare(_session.Id, session.Id)) < 0;
        _session = session;
        _commit = 0;
        return inOrder ? null : "begins a session out of order";
    }

    private string? Add(ArchivedCommit commit)
    {
        var follows = commit.Number > _commit && commit.Number <= _session!.NewestNumber &&
            commit.FirstRevision <= commit.LastRevision + 1 && commit.LastRevision <= _session.NewestRevision;
        _commit = commit.Number;
        return follows ? null : "holds a commit that cannot follow on the one before";
    }
}
