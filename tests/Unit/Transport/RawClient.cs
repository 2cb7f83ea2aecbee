using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Snakepit.Tests.Unit.Transport;

/// <summary>Speaks to a server in bytes and headers, past the client half that is under test itself.</summary>
internal sealed class RawClient(string target) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = EchoServer.Soon };

    public static byte[] Frame(byte flag, ReadOnlySpan<byte> payload, int? statedLength = null)
    {
        var frame = new byte[5 + payload.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), statedLength ?? payload.Length);
        payload.CopyTo(frame.AsSpan(5));
        return frame;
    }

    public static byte[] Frame(string text) => Frame(0, new StringValue { Value = text }.ToByteArray());

    public async Task<Answer> PostAsync(byte[] body, string path = EchoServer.Unary, params (string Name, string Value)[] headers)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        return await SendAsync(HttpMethod.Post, content, path, headers);
    }

    public async Task<Answer> SendAsync(HttpMethod method, HttpContent? content, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, $"http://{target}{path}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return new Answer(response.StatusCode, Flat(response.Headers), body, Flat(response.TrailingHeaders));
    }

    public void Dispose() => _http.Dispose();

    private static Dictionary<string, string> Flat(HttpResponseHeaders headers) =>
        headers.NonValidated.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString());

    internal sealed record Answer(
        HttpStatusCode Http,
        Dictionary<string, string> Headers,
        byte[] Body,
        Dictionary<string, string> Trailers)
    {
        /// <summary>grpc-status of an answer that is nothing but headers.</summary>
        public string Refusal
        {
            get
            {
                Assert.Equal(HttpStatusCode.OK, Http);
                Assert.Empty(Body);
                Assert.Empty(Trailers);
                return Headers["grpc-status"];
            }
        }

        public string Message => Headers["grpc-message"];
    }
}
