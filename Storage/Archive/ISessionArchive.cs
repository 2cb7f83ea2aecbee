using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Storage.Archive;

/// <summary>What can be written into a file of sessions.</summary>
public interface IArchiveSource : IAsyncDisposable
{
    /// <summary>
    /// Everything that is stored, as the records of a file (docs/export-format.md) without its end. Sessions
    /// come in the order of their names, each as it was at one moment. The ended revisions are read after them:
    /// a session that ends meanwhile is in one of the two. Memory is bounded by the largest record.
    /// </summary>
    /// <exception cref="StoreException">The store could not be read.</exception>
    IAsyncEnumerable<ArchiveRecord> ExportAsync(CancellationToken cancellation);
}

/// <summary>A store whose sessions can be carried to another, with all that is kept of them.</summary>
public interface ISessionArchive : ISessionStore, IArchiveSource
{
    /// <summary>Where calculations last; null where this store does not keep them.</summary>
    ICalculationStore? Calculations { get; }

    /// <summary>
    /// Stores sessions that are not stored yet, exactly as they were, all in one transaction. Of one that is
    /// there already nothing is touched.
    /// </summary>
    /// <param name="records">Of some sessions, each whole. May be gone through more than once.</param>
    /// <param name="cancellation">Nothing was stored, unless the end of the transaction was already under way.</param>
    /// <returns>What became of each, in order.</returns>
    /// <exception cref="StoreException">Nothing was stored, or that is not known.</exception>
    Task<IReadOnlyList<SessionImport>> ImportAsync(IEnumerable<ArchiveRecord> records, CancellationToken cancellation);

    /// <summary>New sessions of the tenant begin above this revision from now on, if they did not before.</summary>
    /// <exception cref="StoreException">It was not stored, or that is not known.</exception>
    Task RaiseEndedRevisionAsync(string tenant, long revision);

    /// <summary>Leads all sessions past every revision given out before, in one transaction.</summary>
    /// <exception cref="StoreException">Nothing was done, or that is not known. Doing it again does no harm.</exception>
    Task<RaisedRevisions> RaiseRevisionsAsync(RevisionRaise raise);
}

/// <summary>What became of a session.</summary>
public readonly record struct SessionImport(SessionKey Key, ImportOutcome Outcome);

public enum ImportOutcome
{
    /// <summary>Durable.</summary>
    Imported,

    /// <summary>It was there already, at the same commit and revision.</summary>
    Present,

    /// <summary>Another session, or another state of it, has its name.</summary>
    Different,
}
