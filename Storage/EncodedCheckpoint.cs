using Google.Protobuf;

namespace Snakepit.Storage;

/// <summary>A checkpoint ready to be written.</summary>
internal sealed class EncodedCheckpoint
{
    public EncodedCheckpoint(Checkpoint checkpoint)
    {
        Checkpoint = checkpoint;
        Header = checkpoint.Header.ToByteArray();
        Tools = checkpoint.Tools?.ToByteArray();
        Variables = [.. checkpoint.Changed.Select(pair => (pair.Key, pair.Value.ToByteArray()))];
        Requests = [.. checkpoint.Requests.Select(request => (request.RequestId, request.ToByteArray()))];
        Weight = (Tools?.Length ?? 0) + Variables.Sum(row => (long)row.Body.Length) + Requests.Sum(row => (long)row.Body.Length);
    }

    public Checkpoint Checkpoint { get; }

    public byte[] Header { get; }

    /// <summary>Null = as they were; empty = none any more.</summary>
    public byte[]? Tools { get; }

    public IReadOnlyList<(string Id, byte[] Body)> Variables { get; }

    public IReadOnlyList<(string Id, byte[] Body)> Requests { get; }

    public long Weight { get; }
}
