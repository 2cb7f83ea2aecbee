using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;

namespace Snakepit.Tests.Robustness.Fuzz;

/// <summary>A gRPC call of which nothing but its frame is right.</summary>
internal static class FuzzCall
{
    public sealed record Answer(HttpStatusCode Http, string? Status, string Message);

    /// <param name="server">Whom.</param>
    /// <param name="path">The method.</param>
    /// <param name="message">Its message's bytes.</param>
    /// <param name="timeout">As grpc-timeout has it: streams would go on for ever.</param>
    public static async Task<Answer> SendAsync(FuzzedServer server, string path, byte[] message, string timeout)
    {
        var frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.TryAddWithoutValidation("grpc-timeout", timeout);
        using var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await response.Content.CopyToAsync(Stream.Null);
        return new Answer(
            response.StatusCode,
            Entry(response, "grpc-status"),
            Uri.UnescapeDataString(Entry(response, "grpc-message") ?? ""));
    }

    private static string? Entry(HttpResponseMessage response, string name) =>
        (response.TrailingHeaders.TryGetValues(name, out var values) || response.Headers.TryGetValues(name, out values))
            ? string.Join(',', values)
            : null;
}
