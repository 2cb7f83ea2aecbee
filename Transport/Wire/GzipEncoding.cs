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
        var output = new InflatedBytes();
        try
        {
            compressed.CopyTo(input);
            using var gzip = new GZipStream(new MemoryStream(input, 0, length), CompressionMode.Decompress);
            while (output.Append(gzip) > 0)
            {
                if (output.Length > limit)
                {
                    throw MessageDecoder.TooLarge($"more than {limit} bytes when decompressed", limit);
                }
            }

            return parse(output.Sequence);
        }
        catch (InvalidDataException broken)
        {
            throw Broken(broken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(input);
            output.Dispose();
        }
    }
}
