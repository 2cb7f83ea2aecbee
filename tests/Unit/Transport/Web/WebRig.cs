using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Protocol.Rpc;
using Snakepit.Serving.Admin;
using Snakepit.Transport;

namespace Snakepit.Tests.Unit.Transport.Web;

/// <summary>A server whose calls are answered on an admin port, and what a browser would send there.</summary>
internal sealed class WebRig : IAsyncDisposable
{
    private readonly AdminServer _admin;

    private WebRig(EchoServer echo, AdminServer admin)
    {
        (Echo, _admin) = (echo, admin);
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{admin.Port}"), Timeout = EchoServer.Soon };
    }

    public EchoServer Echo { get; }

    public HttpClient Client { get; }

    public static Task<WebRig> StartAsync(params RpcMethod[] methods) => StartAsync(new EchoServer.Settings(), _ => methods);

    public static async Task<WebRig> StartAsync(
        EchoServer.Settings settings, Func<GrpcServer, RpcMethod[]> methods, AdminOptions? options = null)
    {
        var echo = await EchoServer.StartAsync(settings, methods);
        var admin = await AdminServer.StartAsync(
            options ?? new AdminOptions(new GrpcEndpoint("127.0.0.1", 0)),
            _ => new((string?)null),
            metrics: null,
            () => echo.Server.Web,
            NullLoggerFactory.Instance);
        return new WebRig(echo, admin);
    }

    public static byte[] Frame(byte flag, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[5 + payload.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)payload.Length);
        payload.CopyTo(frame.AsSpan(5));
        return frame;
    }

    public static byte[] Frame(string text) => Frame(0, new StringValue { Value = text }.ToByteArray());

    public async Task<HttpResponseMessage> SendAsync(
        string path, byte[] body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc-web+proto");
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    public async Task<Answer> CallAsync(string path, string text, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(path, Frame(text), headers);
        return await Answer.ReadAsync(response);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _admin.DisposeAsync();
        await Echo.DisposeAsync();
    }

    /// <summary>A response, taken apart: its messages, and the trailers of its last frame, or else its headers.</summary>
    internal sealed record Answer(HttpStatusCode Http, IReadOnlyList<string> Messages, string Trailers, string? StatusHeader)
    {
        public static async Task<Answer> ReadAsync(HttpResponseMessage response)
        {
            var rest = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            var messages = new List<string>();
            var trailers = "";
            for (var at = 0; at < rest.Length;)
            {
                var payload = rest.AsSpan(at + 5, (int)BinaryPrimitives.ReadUInt32BigEndian(rest.AsSpan(at + 1)));
                Assert.Equal("", trailers);
                if (rest[at] == 0x80)
                {
                    trailers = Encoding.ASCII.GetString(payload);
                }
                else
                {
                    Assert.Equal(0, rest[at]);
                    messages.Add(StringValue.Parser.ParseFrom(payload).Value);
                }

                at += 5 + payload.Length;
            }

            var status = response.Headers.TryGetValues("grpc-status", out var values) ? values.Single() : null;
            return new Answer(response.StatusCode, messages, trailers, status);
        }
    }
}
