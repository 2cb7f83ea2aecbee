using System.Buffers;

namespace Snakepit.Storage.Sqlite;

/// <summary>Cuts what is written to it into chunks, in one buffer that is used again for each.</summary>
/// <param name="length">Of each chunk but the last.</param>
/// <param name="write">Takes a chunk and its number, from 0; the bytes are valid until it returns.</param>
internal sealed class ChunkWriter(int length, Action<int, ReadOnlySpan<byte>> write) : IBufferWriter<byte>, IDisposable
{
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(length);
    private int _filled;
    private int _chunk;

    public void Advance(int count)
    {
        _filled += count;
        if (_filled == length)
        {
            Write();
        }
    }

    /// <summary>The rest of the chunk, whatever is asked for: at least a byte.</summary>
    public Memory<byte> GetMemory(int sizeHint = 0) => _buffer.AsMemory(_filled, length - _filled);

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Writes the last chunk. There is always one, be it empty.</summary>
    public void Complete()
    {
        if (_filled > 0 || _chunk == 0)
        {
            Write();
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private void Write()
    {
        write(_chunk++, _buffer.AsSpan(0, _filled));
        _filled = 0;
    }
}
