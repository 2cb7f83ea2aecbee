using System.Buffers;
using Google.Protobuf;

namespace Snakepit.Storage.Sqlite;

/// <summary>
/// A commit ready to be written; its record is encoded by its caller, so that the writer's thread need not. A group of
/// commands makes records of 100 KB and more: in arrays of their own these would be what the collector has most to do with.
/// Large values are not, as that would take as much memory again. To be disposed of once the writer has answered.
/// </summary>
internal sealed class RentedCommit : IDisposable
{
    private readonly byte[] _rented;
    private readonly int _length;

    public RentedCommit(Commit commit)
    {
        Commit = commit;
        _length = commit.Record.CalculateSize();
        _rented = ArrayPool<byte>.Shared.Rent(_length);
        commit.Record.WriteTo(_rented.AsSpan(0, _length));
        Weight = _length + commit.CalculateLargeSize();
    }

    public Commit Commit { get; }

    public ReadOnlySpan<byte> Body => _rented.AsSpan(0, _length);

    /// <summary>Bytes that the writer writes.</summary>
    public long Weight { get; }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_rented);
}
