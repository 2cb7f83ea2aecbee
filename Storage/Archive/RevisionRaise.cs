using Google.Protobuf;
using Snakepit.Protocol.Storing;

namespace Snakepit.Storage.Archive;

/// <summary>
/// What makes a store that was brought back from an older copy safe for those who knew the lost one: the lost one has
/// given out revisions that this one does not know, and would give out again for other changes.
/// </summary>
/// <remarks>
/// Every session gets a commit without a change that leads to one revision past all of them, and its floor is set
/// there: whoever resumes from any revision given out before is told <c>resync</c>. New sessions begin above it too.
/// The number of that commit fences off an owner that has outlived the restore. Versions, history and remembered
/// requests stay.
/// </remarks>
/// <param name="Now">By the clock of the day: what is raised depends on it.</param>
/// <param name="AsOf">
/// What moment the copy is of; null = that of its newest commit. The time since then is no disuse: sessions and
/// calculations expire that much later.
/// </param>
public sealed record RevisionRaise(DateTimeOffset Now, DateTimeOffset? AsOf)
{
    /// <summary>Stands for all tenants, those included that the copy does not know yet: no session of any begins below its ended revision.</summary>
    public const string EveryTenant = "\0";

    // For a clock that is behind the revisions: some twelve days of it.
    private const long LeastStep = 1_000_000_000_000;

    /// <summary>The commit that every session gets.</summary>
    public static byte[] Body { get; } = new CommitRecord { Restored = true }.ToByteArray();

    /// <summary>
    /// The revision to go to. The microseconds since 1970: no session makes a million changes a second, so whatever
    /// the lost store had given out, even if it had been restored itself, is below. JavaScript counts them exactly.
    /// </summary>
    /// <param name="highest">Of all revisions that the store knows.</param>
    public long RevisionAbove(long highest) => Math.Max(UnixTime.ToMicroseconds(Now), checked(highest + LeastStep));

    /// <summary>By how many microseconds expiries are put off.</summary>
    /// <param name="newestCommit">Its time, microseconds since 1970; null = there is none.</param>
    public long DelayFrom(long? newestCommit)
    {
        var now = UnixTime.ToMicroseconds(Now);
        var asOf = AsOf is { } told ? UnixTime.ToMicroseconds(told) : newestCommit ?? now;
        return Math.Max(0, now - asOf);
    }
}

/// <summary>What a raise did.</summary>
/// <param name="Revision">Where all sessions are now; none has given out a higher one.</param>
/// <param name="Sessions">How many there are.</param>
/// <param name="Delay">By how much expiries were put off.</param>
public sealed record RaisedRevisions(long Revision, long Sessions, TimeSpan Delay);
