using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Storage.Archive;

/// <summary>An import's first pass: whether the file is sound, and goes with what the store has.</summary>
internal sealed class FileCheck(ArchiveReader reader, IProgress<ArchiveProgress>? progress)
{
    private const int SessionsPerQuestion = 500;

    private readonly ArchiveCheck _check = new();
    private readonly List<ArchivedSession> _asked = [];

    /// <summary>As many as there are tenants: few.</summary>
    public List<ArchivedTenant> Tenants { get; } = [];

    /// <summary>What the file amounts to, once it was gone through.</summary>
    public ArchiveTotals Totals => _check.Totals;

    /// <summary>When it was taken, if it is a backup.</summary>
    public DateTimeOffset? TakenAt { get; private set; }

    public static ArchiveException Different(SessionKey key) => new(
        $"the session '{key.SessionId}'{(key.Tenant.Length == 0 ? "" : $" of tenant '{key.Tenant}'")} is there already and differs from the file's; " +
        "end it, or leave it as it is with --skip-existing");

    /// <summary>Whether a stored session is the one of the file, at the same commit.</summary>
    public static bool IsSame(ArchivedSession session, LogEnd stored) =>
        stored.CommitNumber == session.NewestNumber &&
        stored.Revision == session.NewestRevision &&
        stored.CreatedAt == SessionHeader.Parser.ParseFrom(session.Header).CreatedAt.ToDateTimeOffset();

    /// <param name="store">Null = it is not compared with any.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArchiveException">It is not, or does not.</exception>
    public async Task RunAsync(ISessionArchive? store, CancellationToken cancellation)
    {
        ArchiveRecord record;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            var position = reader.Position;
            record = reader.Read();
            if (_check.Add(record) is { } wrong)
            {
                throw reader.Wrong(position, wrong);
            }

            await NoteAsync(record, store, cancellation).ConfigureAwait(false);
        }
        while (record.End is null);
        TakenAt = record.End.TakenAt == 0 ? null : UnixTime.FromMicroseconds(record.End.TakenAt);
        reader.RequireEnd();
        await CompareAsync(store, cancellation).ConfigureAwait(false);
    }

    private async ValueTask NoteAsync(ArchiveRecord record, ISessionArchive? store, CancellationToken cancellation)
    {
        if (record.Tenant is { } tenant)
        {
            Tenants.Add(tenant);
        }

        if (record.Session is { } session)
        {
            _asked.Add(session);
            progress?.Report(new ArchiveProgress(_check.Totals.Sessions, reader.Position, IsCheck: true));
            if (_asked.Count == SessionsPerQuestion)
            {
                await CompareAsync(store, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task CompareAsync(ISessionArchive? store, CancellationToken cancellation)
    {
        if (_asked.Count > 0 && store is not null)
        {
            var keys = _asked.ConvertAll(ArchiveCheck.KeyOf);
            var ends = await store.ReadEndsAsync(keys, cancellation).ConfigureAwait(false);
            foreach (var (session, end) in _asked.Zip(ends))
            {
                if (end is not null && !IsSame(session, end))
                {
                    throw Different(ArchiveCheck.KeyOf(session));
                }
            }
        }

        _asked.Clear();
    }
}
