using System.Runtime.ExceptionServices;
using Snakepit.Protocol.Storing;
using static Snakepit.Protocol.Storing.ArchiveRecord;

namespace Snakepit.Storage.Archive;

/// <summary>
/// Brings the sessions of a file into a store. Goes through the file twice: nothing is changed before the
/// whole file is known to be sound and to go with what is there. Done again after it was broken off, it does
/// the rest.
/// </summary>
/// <param name="file">The file, which can be sought; stays the caller's.</param>
/// <param name="name">What the file is called in messages.</param>
/// <param name="skipsExisting">Leave out sessions of which the store has another state, rather than refuse the file.</param>
/// <param name="progress">Told of each record, by the thread that reads.</param>
/// <exception cref="ArchiveException">The file is something else, or of a newer format.</exception>
public sealed class ArchiveImport(Stream file, string name, bool skipsExisting, IProgress<ArchiveProgress>? progress)
{
    // What one transaction stores: small sessions share the wait for the disk; a larger one goes alone.
    private const int SessionsPerTransaction = 200;
    private const long BytesPerTransaction = 1024 * 1024;

    private readonly ArchiveReader _reader = new(file, name);

    // Of the batch at hand: the changes of each session, and where the next batch begins.
    private readonly List<long> _changes = [];
    private ArchiveMark _next;

    // Of the first pass.
    private ArchiveMark _first;
    private FileCheck? _check;

    private long _stored;
    private long _present;
    private long _skipped;

    /// <summary>When the file was taken, if it is a backup; known after the first pass.</summary>
    public DateTimeOffset? TakenAt => _check?.TakenAt;

    /// <summary>What the file amounts to; known after the first pass.</summary>
    public ArchiveTotals? Totals => _check?.Totals;

    /// <summary>The first pass: changes nothing.</summary>
    /// <param name="store">What the file must go with; null = a store that is yet to be made.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArchiveException">The file is damaged, or does not go with what is there.</exception>
    /// <exception cref="StoreException">The store could not be asked.</exception>
    public async Task CheckAsync(ISessionArchive? store, CancellationToken cancellation)
    {
        _first = _reader.Mark;
        var check = new FileCheck(_reader, progress);
        await check.RunAsync(skipsExisting ? null : store, cancellation).ConfigureAwait(false);
        _check = check;
    }

    /// <summary>The second pass; comes once, after the first.</summary>
    /// <param name="store">May be in use.</param>
    /// <param name="cancellation">Ends it between two transactions.</param>
    /// <exception cref="ArchiveException">Of a session another state has come up meanwhile, or the file was changed.</exception>
    /// <exception cref="StoreException">The store failed. As with the others, sessions stored until then are whole and stay.</exception>
    public async Task<ImportResult> StoreAsync(ISessionArchive store, CancellationToken cancellation)
    {
        // Before the sessions: none that begins meanwhile shall begin below.
        foreach (var tenant in _check?.Tenants ?? throw new InvalidOperationException("The file was not checked."))
        {
            await store.RaiseEndedRevisionAsync(tenant.Tenant, tenant.EndedRevision).ConfigureAwait(false);
        }

        var changes = 0L;
        _next = _first;
        while (await StoreBatchAsync(store, cancellation).ConfigureAwait(false) is { } more)
        {
            changes += more;
        }

        var (kept, left) = await StoreCalculationsAsync(store.Calculations, cancellation).ConfigureAwait(false);
        return new ImportResult(_stored, changes, file.Length, _present, _skipped, kept, left);
    }

    /// <summary>Answers with the changes that were stored; null where the sessions have come to an end.</summary>
    private async Task<long?> StoreBatchAsync(ISessionArchive store, CancellationToken cancellation)
    {
        var outcomes = await ImportAsync(store, Batch(_next, cancellation), cancellation).ConfigureAwait(false);
        if (outcomes.Count == 0)
        {
            return null;
        }

        var changes = 0L;
        foreach (var (session, some) in outcomes.Zip(_changes))
        {
            switch (session.Outcome)
            {
                case ImportOutcome.Imported:
                    _stored++;
                    changes += some;
                    break;
                case ImportOutcome.Present:
                    _present++;
                    break;
                default:
                    // It was not there when the file was checked, unless it was to be left out.
                    _skipped += skipsExisting ? 1 : throw FileCheck.Different(session.Key);
                    break;
            }
        }

        return changes;
    }

    private static async Task<IReadOnlyList<SessionImport>> ImportAsync(
        ISessionArchive store, IEnumerable<ArchiveRecord> batch, CancellationToken cancellation)
    {
        try
        {
            return await store.ImportAsync(batch, cancellation).ConfigureAwait(false);
        }
        catch (StoreException failure) when (failure.InnerException is ArchiveException or OperationCanceledException)
        {
            // The store asked for the next record, and is not to blame for what it got.
            ExceptionDispatchInfo.Throw(failure.InnerException);
            throw;
        }
    }

    /// <summary>Sessions from a place on, as many as go into one transaction; the same each time it is gone through.</summary>
    private IEnumerable<ArchiveRecord> Batch(ArchiveMark from, CancellationToken cancellation)
    {
        _reader.Return(from);
        _changes.Clear();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            _next = _reader.Mark;
            var record = _reader.Read();
            if (record.ContentCase > ContentOneofCase.Request || (record.Session is not null && IsFull(from)))
            {
                yield break;
            }

            if (record.Session is not null)
            {
                _changes.Add(0);
            }
            else if (record.Commit is { } commit)
            {
                _changes[^1] += commit.LastRevision - commit.FirstRevision + 1;
            }

            progress?.Report(new ArchiveProgress(_stored + _present + _skipped, _reader.Position));
            yield return record;
        }
    }

    private bool IsFull(ArchiveMark from) =>
        _changes.Count == SessionsPerTransaction || (_changes.Count > 0 && _next.Position - from.Position >= BytesPerTransaction);

    private async Task<(long Kept, long Left)> StoreCalculationsAsync(
        ICalculationStore? calculations, CancellationToken cancellation)
    {
        var (kept, left) = (0L, 0L);
        _reader.Return(_next);
        for (var record = _reader.Read(); record.End is null; record = _reader.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            if (record.Calculation is not { } calculation)
            {
                continue;
            }

            // One that is there has gone on since.
            if (calculations is not null &&
                await calculations.FindAsync(calculation.Token, cancellation).ConfigureAwait(false) is null)
            {
                await calculations.SaveAsync(Stored(calculation)).ConfigureAwait(false);
                kept++;
            }
            else
            {
                left++;
            }
        }

        return (kept, left);
    }

    private static StoredCalculation Stored(ArchivedCalculation calculation) => new(
        calculation.Token,
        BitConverter.Int64BitsToDouble(calculation.Value),
        UnixTime.FromMicroseconds(calculation.ExpiresAt));
}
