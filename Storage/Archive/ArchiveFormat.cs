using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Snakepit.Storage.Archive;

/// <summary>
/// The frame of a file of exported sessions; docs/export-format.md describes it. A record in memory is the
/// sum before it, its length twice, its body, and its own sum; the file has it without the sum before.
/// </summary>
internal static class ArchiveFormat
{
    public const int Version = 3;
    public const int HeadLength = 12;
    public const int SumLength = 16;
    public const int LengthsLength = 8;

    /// <summary>Where a record's body begins in memory.</summary>
    public const int BodyAt = SumLength + LengthsLength;

    // A transfer that takes it for text or cuts its eighth bit off shows in the first bytes.
    public static ReadOnlySpan<byte> Magic => [0x89, (byte)'S', (byte)'N', (byte)'K', (byte)'P', (byte)'\r', (byte)'\n', 0x1A];

    /// <param name="version">Of the format.</param>
    public static byte[] Head(int version = Version)
    {
        var head = new byte[HeadLength];
        Magic.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(Magic.Length), version);
        return head;
    }

    /// <summary>Covers all that came before it: the sum before is part of what is summed.</summary>
    public static void Sum(ReadOnlySpan<byte> data, Span<byte> sum)
    {
        Span<byte> whole = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(data, whole);
        whole[..SumLength].CopyTo(sum);
    }

    /// <summary>Its bits inverted beside it: a false length is known before anything of that length is read.</summary>
    public static void WriteLength(Span<byte> lengths, int length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(lengths, length);
        BinaryPrimitives.WriteInt32LittleEndian(lengths[4..], ~length);
    }

    /// <summary>False where it cannot be one.</summary>
    public static bool TryReadLength(ReadOnlySpan<byte> lengths, out int length)
    {
        length = BinaryPrimitives.ReadInt32LittleEndian(lengths);
        return length >= 0 && length <= Array.MaxLength - BodyAt - SumLength && BinaryPrimitives.ReadInt32LittleEndian(lengths[4..]) == ~length;
    }
}
