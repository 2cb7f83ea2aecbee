using System.Buffers;
using Google.Protobuf;

namespace Snakepit.Sessions.Values;

/// <summary>
/// The canonical text of a value while it is being read. As long as what is written is what was given,
/// nothing is copied; from the first difference on it goes to a buffer.
/// </summary>
internal ref struct CanonicalJson(ReadOnlySpan<byte> given)
{
    private static readonly SearchValues<byte> MustEscape = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(control => (byte)control), (byte)'"', (byte)'\\']);

    private readonly ReadOnlySpan<byte> _given = given;
    private byte[]? _buffer;
    private int _length;

    public readonly int Length => _length;

    public void Write(scoped ReadOnlySpan<byte> text)
    {
        if (_buffer is null)
        {
            if (_given[_length..].StartsWith(text))
            {
                _length += text.Length;
                return;
            }

            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(64, _given.Length + text.Length));
            _given[.._length].CopyTo(_buffer);
        }

        if (text.Length > _buffer.Length - _length)
        {
            Grow(text.Length);
        }

        text.CopyTo(_buffer.AsSpan(_length));
        _length += text.Length;
    }

    public void Write(byte character) => Write([character]);

    /// <summary>Writes a string token: UTF-8 as it is, escaped only where JSON demands it, in the shortest way.</summary>
    public void WriteString(scoped ReadOnlySpan<byte> content)
    {
        Write((byte)'"');
        for (var next = content.IndexOfAny(MustEscape); next >= 0; next = content.IndexOfAny(MustEscape))
        {
            Write(content[..next]);
            WriteEscaped(content[next]);
            content = content[(next + 1)..];
        }

        Write(content);
        Write((byte)'"');
    }

    /// <summary>The text written; <paramref name="whole"/> itself if it is the same.</summary>
    public readonly ByteString ToByteString(ByteString whole) =>
        _buffer is not null ? ByteString.CopyFrom(_buffer, 0, _length)
        : _length == whole.Length ? whole
        : ByteString.CopyFrom(_given[.._length]);

    public void Release()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }
    }

    private void WriteEscaped(byte character)
    {
        switch (character)
        {
            case (byte)'"': Write("\\\""u8); break;
            case (byte)'\\': Write("\\\\"u8); break;
            case (byte)'\b': Write("\\b"u8); break;
            case (byte)'\f': Write("\\f"u8); break;
            case (byte)'\n': Write("\\n"u8); break;
            case (byte)'\r': Write("\\r"u8); break;
            case (byte)'\t': Write("\\t"u8); break;
            default:
                var digits = "0123456789abcdef"u8;
                Write([(byte)'\\', (byte)'u', (byte)'0', (byte)'0', digits[character >> 4], digits[character & 15]]);
                break;
        }
    }

    private void Grow(int more)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, 2L * (_length + more)));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer!);
        _buffer = larger;
    }
}
