using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Storage;

namespace Snakepit.Tests.Cluster.InProcess;

/// <summary>What the store has of a session: the truth that replies and watches are held against.</summary>
internal static class StoredLog
{
    private const int PageBytes = 1024 * 1024;

    /// <summary>All changes of a session's log, oldest first.</summary>
    public static async Task<IReadOnlyList<VariableUpdate>> ReadAllAsync(ISessionStore store, SessionKey key)
    {
        var changes = new List<VariableUpdate>();
        for (var after = 0L; ;)
        {
            var page = await store.ReadLogAsync(key, after, PageBytes, TestContext.Current.CancellationToken);
            if (page is not { Commits.Count: > 0 })
            {
                return changes;
            }

            changes.AddRange(page.Commits.SelectMany(commit => commit.Changes)
                .Select(change => VariableUpdate.Parser.ParseFrom(change.Record.Update)));
            after = page.Commits[^1].LastRevision;
        }
    }
}
