using Google.Protobuf;
using Snakepit.Protocol.Storing;

namespace Snakepit.Storage.Archive;

/// <summary>Writes a file of exported sessions. One thread at a time.</summary>
internal sealed class ArchiveWriter
{
    private readonly Stream _output;

    // The record at hand, as long as the longest so far; begins with the sum before it.
    private byte[] _record = new byte[64 * 1024];

    /// <summary>Writes the head. The stream stays the caller's.</summary>
    public ArchiveWriter(Stream output)
    {
        _output = output;
        var head = ArchiveFormat.Head();
        ArchiveFormat.Sum(head, _record);
        output.Write(head);
        Bytes = head.Length;
    }

    /// <summary>Of the file so far.</summary>
    public long Bytes { get; private set; }

    public ArchiveTotals Totals { get; } = new();

    public void Write(ArchiveRecord record)
    {
        var length = record.CalculateSize();
        var end = ArchiveFormat.BodyAt + length;
        if (_record.Length < end + ArchiveFormat.SumLength)
        {
            Array.Resize(ref _record, end + ArchiveFormat.SumLength);
        }

        ArchiveFormat.WriteLength(_record.AsSpan(ArchiveFormat.SumLength), length);
        record.WriteTo(_record.AsSpan(ArchiveFormat.BodyAt, length));
        var sum = _record.AsSpan(end, ArchiveFormat.SumLength);
        ArchiveFormat.Sum(_record.AsSpan(0, end), sum);
        var written = _record.AsSpan(ArchiveFormat.SumLength, ArchiveFormat.LengthsLength + length + ArchiveFormat.SumLength);
        _output.Write(written);
        sum.CopyTo(_record);
        Bytes += written.Length;
        Totals.Add(record);
    }

    /// <summary>Writes the record without which a file counts as cut off.</summary>
    /// <param name="takenAt">When the sessions were read; null = not told, and equal stores make equal files.</param>
    public void Complete(DateTimeOffset? takenAt)
    {
        Write(new ArchiveRecord { End = Totals.ToEnd(takenAt is { } time ? UnixTime.ToMicroseconds(time) : 0) });
        _output.Flush();
    }
}
