using System.Buffers.Binary;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Storing;

namespace Snakepit.Storage.Archive;

/// <summary>
/// Reads a file of exported sessions, each record checked against the sums. One thread at a time. All that
/// goes wrong is an <see cref="ArchiveException"/>.
/// </summary>
internal sealed class ArchiveReader
{
    private readonly Stream _input;
    private readonly string _name;
    private byte[] _record = new byte[64 * 1024];

    /// <summary>Reads the head. The stream, which can be sought, stays the caller's.</summary>
    /// <param name="input">The file.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <exception cref="ArchiveException">It is something else, or of a newer format.</exception>
    public ArchiveReader(Stream input, string name)
    {
        _input = input;
        _name = name;
        var head = new byte[ArchiveFormat.HeadLength];
        input.Position = 0;
        if (input.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length || !head.AsSpan().StartsWith(ArchiveFormat.Magic))
        {
            throw new ArchiveException($"{name} holds no exported sessions: it does not begin as such a file does (byte 0)");
        }

        var version = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(ArchiveFormat.Magic.Length));
        if (version is 0 or > ArchiveFormat.Version)
        {
            throw new ArchiveException(version > ArchiveFormat.Version
                ? $"{name}: its format is version {version}, newer than this program's {ArchiveFormat.Version}; use a newer program"
                : $"{name} is damaged: no format has version {version} (byte {ArchiveFormat.Magic.Length})");
        }

        ArchiveFormat.Sum(head, _record);
        Position = head.Length;
    }

    /// <summary>Of the next record.</summary>
    public long Position { get; private set; }

    /// <summary>Between the record read last and the next.</summary>
    public ArchiveMark Mark => new(Position, _record.AsSpan(0, ArchiveFormat.SumLength).ToArray());

    /// <summary>The next record; the file must have one.</summary>
    /// <exception cref="ArchiveException">It is damaged, or the file ends.</exception>
    public ArchiveRecord Read()
    {
        try
        {
            return ReadRecord();
        }
        catch (IOException failure)
        {
            throw new ArchiveException($"{_name} cannot be read at byte {Position}: {failure.Message}");
        }
    }

    public void Return(ArchiveMark mark)
    {
        mark.Sum.Span.CopyTo(_record);
        _input.Position = mark.Position;
        Position = mark.Position;
    }

    /// <exception cref="ArchiveException">Something follows.</exception>
    public void RequireEnd()
    {
        if (Position != _input.Length)
        {
            throw new ArchiveException($"{_name} is damaged: it goes on behind its last record, at byte {Position}");
        }
    }

    /// <summary>What is wrong with the record at a position.</summary>
    public ArchiveException Wrong(long position, string reason) => new($"{_name} is damaged: the record at byte {position} {reason}");

    private ArchiveRecord ReadRecord()
    {
        var lengths = Fill(ArchiveFormat.SumLength, ArchiveFormat.LengthsLength);
        if (!ArchiveFormat.TryReadLength(lengths, out var length))
        {
            throw Wrong(Position, "has a length that does not match its check");
        }

        var end = ArchiveFormat.BodyAt + length;
        if (_record.Length < end + ArchiveFormat.SumLength)
        {
            RequireBytes(length);
            Array.Resize(ref _record, end + ArchiveFormat.SumLength);
        }

        Fill(ArchiveFormat.BodyAt, length + ArchiveFormat.SumLength);
        Span<byte> sum = stackalloc byte[ArchiveFormat.SumLength];
        ArchiveFormat.Sum(_record.AsSpan(0, end), sum);
        if (!sum.SequenceEqual(_record.AsSpan(end, ArchiveFormat.SumLength)))
        {
            throw Wrong(Position, "does not match its checksum");
        }

        var record = Parse(_record.AsSpan(ArchiveFormat.BodyAt, length));
        sum.CopyTo(_record);
        Position += ArchiveFormat.LengthsLength + length + ArchiveFormat.SumLength;
        return record;
    }

    private ArchiveRecord Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return ArchiveRecord.Parser.ParseFrom(body);
        }
        catch (Exception malformed) when (MalformedMessage.IsShownBy(malformed))
        {
            throw Wrong(Position, "is not as the format has it");
        }
    }

    private Span<byte> Fill(int at, int count)
    {
        var part = _record.AsSpan(at, count);
        return _input.ReadAtLeast(part, count, throwOnEndOfStream: false) == count ? part : throw CutOff();
    }

    private void RequireBytes(int length)
    {
        if (_input.Length - _input.Position < length)
        {
            throw CutOff();
        }
    }

    private ArchiveException CutOff() => new(Position == _input.Length
        ? $"{_name} is cut off: it ends at byte {Position} without its last record"
        : $"{_name} is cut off: it ends at byte {_input.Length} within the record at byte {Position}");
}
