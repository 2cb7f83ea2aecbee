using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>How a call's end is put into its headers or trailers.</summary>
internal static class StatusTrailers
{
    private static readonly string[] CodeTexts = [.. Enum.GetValues<RpcCode>().Select(code => code.ToString("D"))];

    /// <param name="http">The call's response.</param>
    /// <param name="hasMessages">Whether a message has been written, be it sent or not.</param>
    /// <param name="status">How the call ended.</param>
    /// <param name="trailers">The handler's own; null = none.</param>
    public static void Write(
        HttpExchange http, bool hasMessages, RpcStatus status, Dictionary<string, string>? trailers)
    {
        // Nothing sent yet: a refusal is one HEADERS frame that ends the stream.
        var isTrailersOnly = !status.IsOk && !hasMessages && !http.Response.HasStarted;
        var target = isTrailersOnly ? http.Response.Headers : http.Trailers.Trailers;
        target.GrpcStatus = CodeTexts[(int)status.Code];
        if (status.Message.Length != 0)
        {
            target.GrpcMessage = StatusMessage.Encode(status.Message);
        }

        if (trailers is not null)
        {
            foreach (var (name, value) in trailers)
            {
                target[name] = value;
            }
        }
    }
}
