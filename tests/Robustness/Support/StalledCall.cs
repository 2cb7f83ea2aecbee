using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;

namespace Snakepit.Tests.Robustness.Support;

/// <summary>A call that sends the most of its message, and then nothing.</summary>
internal static class StalledCall
{
    /// <summary>Completes when it is answered, with its grpc-status.</summary>
    /// <param name="http">The connections; disposing of it lets go of the call.</param>
    /// <param name="port">Of the server.</param>
    /// <param name="sent">Bytes; the message says that it has one more.</param>
    public static async Task<string> SendAsync(HttpClient http, int port, int sent)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/snakepit.bridge.BridgeService/SetVariable")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new Stalling(sent),
        };
        using var response = await http.SendAsync(request);
        return response.Headers.GetValues("grpc-status").Single();
    }

    private sealed class Stalling : HttpContent
    {
        private readonly int _sent;

        public Stalling(int sent)
        {
            _sent = sent;
            Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            var prefix = new byte[5];
            BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(1), _sent + 1);
            await stream.WriteAsync(prefix, cancellationToken);
            await stream.WriteAsync(new byte[_sent], cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
