using Google.Protobuf;

namespace Snakepit.Storage.Postgres;

/// <summary>A commit ready to be written; encoded by its caller, so that the writer's thread need not.</summary>
internal sealed class EncodedCommit
{
    public EncodedCommit(Commit commit)
    {
        Commit = commit;
        Body = commit.Record.ToByteArray();
        Header = commit.Number == 1 ? commit.Record.Header?.ToByteArray() ?? [] : [];
        LargeValues = [.. commit.LargeValues.Select(large => (large.Revision, large.Value.ToByteArray()))];
        Weight = Body.Length + LargeValues.Sum(large => (long)large.Bytes.Length);
    }

    public Commit Commit { get; }

    public byte[] Body { get; }

    public byte[] Header { get; }

    public IReadOnlyList<(long Revision, byte[] Bytes)> LargeValues { get; }

    public long Weight { get; }
}
