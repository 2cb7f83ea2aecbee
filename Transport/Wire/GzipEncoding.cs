using System.Buffers;
using System.IO.Compression;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>The one compression both halves know besides none.</summary>
internal static class GzipEncoding
{
    public static ReadOnlySpan<byte> Compress(ReadOnlySpan<byte> message)
    {
        using var output = new MemoryStream(capacity: message.Length / 2);
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(message);
        }

        return output.GetBuffer().AsSpan(0, (int)output.Length);
    }

    public static RpcException Broken(InvalidDataException broken) =>
        new(RpcCode.Internal, $"a message is marked as gzip but is not: {broken.Message}");

    /// <summary>
    /// Inflates one message and hands it to <paramref name="parse"/>, whose result it returns; the bytes
    /// are valid only inside. Stops at <paramref name="limit"/> bytes with RESOURCE_EXHAUSTED, so that a
    /// small message cannot become a huge one.
    /// </summary>
    public static T Decompress<T>(ReadOnlySequence<byte> compressed, int limit, Func<ReadOnlySequence<byte>, T> parse)
    {
        var length = (int)compressed.Length;
        var input = ArrayPool<byte>.Shared.Rent(length);
        var output = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(4L * length, 1024, Math.Max(limit, 1024)));
        try
        {
            compressed.CopyTo(input);
            using var gzip = new GZipStream(new MemoryStream(input, 0, length), CompressionMode.Decompress);
            var filled = 0;
            while (true)
            {
                var read = gzip.Read(output, filled, output.Length - filled);
                if (read == 0)
                {
                    return parse(new ReadOnlySequence<byte>(output, 0, filled));
                }

                filled += read;
                if (filled > limit)
                {
                    throw MessageDecoder.TooLarge($"more than {limit} bytes when decompressed", limit);
                }

                if (filled == output.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * filled, Array.MaxLength));
                    output.AsSpan(0, filled).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(output);
                    output = larger;
                }
            }
        }
        catch (InvalidDataException broken)
        {
            throw Broken(broken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(input);
            ArrayPool<byte>.Shared.Return(output);
        }
    }
}
