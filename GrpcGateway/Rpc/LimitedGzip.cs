using System.IO.Compression;
using Grpc.Core;
using Grpc.Net.Compression;
using Snakepit.Transport;

namespace Snakepit.GrpcGateway.Rpc;

/// <summary>
/// Gzip for requests that stops at the limit of a message: Grpc.AspNetCore checks that only before it
/// decompresses, so that a small message could become a huge one.
/// </summary>
/// <param name="limit">Bytes a message may have when decompressed.</param>
internal sealed class LimitedGzip(int limit) : ICompressionProvider
{
    public string EncodingName => GrpcNames.Gzip;

    public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) =>
        throw new NotSupportedException("responses are compressed by the stream they are written to");

    public Stream CreateDecompressionStream(Stream stream) => new Inflating(stream, limit);

    private sealed class Inflating(Stream compressed, int limit) : GZipStream(compressed, CompressionMode.Decompress)
    {
        // The gate says the limit to the caller.
        private static readonly Status TooLarge = new(StatusCode.ResourceExhausted, "too large when decompressed");

        private long _length;

        public override int Read(byte[] buffer, int offset, int count)
        {
            try
            {
                var read = base.Read(buffer, offset, count);
                _length += read;
                return _length <= limit ? read : throw new RpcException(TooLarge);
            }
            catch (InvalidDataException broken)
            {
                throw RequestFailure.ForGrpc(GzipEncoding.Broken(broken));
            }
        }

        public override void CopyTo(Stream destination, int bufferSize)
        {
            var buffer = new byte[bufferSize];
            int read;
            while ((read = Read(buffer, 0, buffer.Length)) > 0)
            {
                destination.Write(buffer.AsSpan(0, read));
            }
        }
    }
}
