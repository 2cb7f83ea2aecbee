using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;

namespace Snakepit.Tests.Contract.Support;

/// <summary>Calls a server as the console does: by gRPC-Web through the admin port.</summary>
internal sealed class WebClient : IDisposable
{
    private readonly HttpClient _http;

    /// <param name="server">One with an admin port.</param>
    /// <param name="token">What it shows with each call; null = nothing.</param>
    public WebClient(ServerUnderTest server, string? token = null)
    {
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.AdminPort}") };
        if (token is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    /// <summary>The status as a number, its words, and the messages before it.</summary>
    public async Task<(string Status, string Words, List<byte[]> Messages)> AskAsync(string path, IMessage request)
    {
        var encoded = request.ToByteArray();
        var body = new byte[5 + encoded.Length];
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(1), (uint)encoded.Length);
        encoded.CopyTo(body, 5);
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc-web+proto") } };
        using var response = await _http.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var messages = new List<byte[]>();
        var trailers = string.Join("\r\n", response.Headers.Select(header => $"{header.Key.ToLowerInvariant()}: {header.Value.First()}"));
        for (var at = 0; at < answer.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt32BigEndian(answer.AsSpan(at + 1));
            var frame = answer[(at + 5)..(at + 5 + length)];
            if (answer[at] == 0x80)
            {
                trailers = Encoding.ASCII.GetString(frame);
            }
            else
            {
                messages.Add(frame);
            }

            at += 5 + length;
        }

        var fields = trailers.Split("\r\n").Select(line => line.Split(": ", 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
        return (fields["grpc-status"], Uri.UnescapeDataString(fields.GetValueOrDefault("grpc-message", "")), messages);
    }

    public void Dispose() => _http.Dispose();
}
