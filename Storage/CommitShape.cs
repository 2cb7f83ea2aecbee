namespace Snakepit.Storage;

/// <summary>What must hold of any commit; a commit that breaks it comes from a fault in the caller.</summary>
internal static class CommitShape
{
    /// <exception cref="ArgumentException">The commit contradicts itself.</exception>
    public static void Verify(Commit commit)
    {
        if (commit.Number < 1)
        {
            throw new ArgumentException($"Commit number {commit.Number} is below 1.", nameof(commit));
        }

        var span = commit.LastRevision - commit.FirstRevision + 1;
        if (commit.FirstRevision < 1 || span != commit.Record.Changes.Count)
        {
            throw new ArgumentException(
                $"Commit {commit.Number} has {commit.Record.Changes.Count} changes for the revisions " +
                $"{commit.FirstRevision} to {commit.LastRevision}.",
                nameof(commit));
        }
    }
}
