using System.Buffers;

namespace Snakepit.Transport;

/// <summary>
/// Bytes whose number is not known beforehand, in pieces: none is copied for a larger one, and none is so large
/// that the pool, or the heap of large objects, would keep hold of it.
/// </summary>
internal sealed class InflatedBytes : IDisposable
{
    private const int PieceLength = 64 * 1024;

    private readonly List<Piece> _pieces = [];

    /// <summary>So far.</summary>
    public long Length { get; private set; }

    /// <summary>Valid until disposed of.</summary>
    public ReadOnlySequence<byte> Sequence => _pieces.Count == 0
        ? ReadOnlySequence<byte>.Empty
        : new ReadOnlySequence<byte>(_pieces[0], 0, _pieces[^1], _pieces[^1].Filled);

    /// <summary>Reads some more; 0 = there is none.</summary>
    public int Append(Stream stream)
    {
        if (_pieces.Count == 0 || _pieces[^1].IsFull)
        {
            var piece = new Piece(ArrayPool<byte>.Shared.Rent(PieceLength), Length);
            if (_pieces.Count > 0)
            {
                _pieces[^1].PutBefore(piece);
            }

            _pieces.Add(piece);
        }

        var read = stream.Read(_pieces[^1].Rest);
        _pieces[^1].Filled += read;
        Length += read;
        return read;
    }

    public void Dispose() => _pieces.ForEach(piece => ArrayPool<byte>.Shared.Return(piece.Bytes));

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, long before)
        {
            Bytes = bytes;
            Memory = bytes;
            RunningIndex = before;
        }

        public byte[] Bytes { get; }

        public int Filled { get; set; }

        public bool IsFull => Filled == Bytes.Length;

        public Span<byte> Rest => Bytes.AsSpan(Filled);

        public void PutBefore(Piece next) => Next = next;
    }
}
