using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Snakepit.Serving.Doctor;

/// <summary>
/// Whether metrics and traces would arrive: what listens at the collector's address is sent exports of nothing, by OTLP over
/// gRPC as a server sends its own. That a port is open says nothing of who has it.
/// </summary>
/// <param name="collector">Where it is.</param>
public sealed class CollectorChecks(Uri collector)
{
    private const string Subject = "collector";
    private const string Lost = "a server runs without it, and its metrics and traces are lost";
    private const string Media = "application/grpc";
    private const string Status = "grpc-status";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    // What goes with every export that the server makes, as a token.
    private static readonly string? Headers = Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_HEADERS");

    private static string NotACollector => $"{Lost}; name a collector's port for gRPC with --otlp, which is 4317 unless it was told another";

    public async Task<Finding> RunAsync()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = Patience };
        try
        {
            foreach (var signal in (string[])["metrics", "trace"])
            {
                if (await ExportAsync(http, signal) is { } wrong)
                {
                    return wrong;
                }
            }

            return Finding.Good(Subject, $"{collector} takes metrics and traces by OTLP over gRPC");
        }
        catch (HttpRequestException failure) when (failure.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            return Finding.Doubtful(Subject, $"{collector} cannot be connected to: {failure.GetBaseException().Message}", Lost);
        }
        catch (HttpRequestException failure) when (failure.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            return Finding.Doubtful(Subject, $"{collector} does not answer by TLS: {failure.GetBaseException().Message}", Lost);
        }
        catch (OperationCanceledException)
        {
            return Finding.Doubtful(Subject, $"{collector} has no answer for an export within {Patience.TotalSeconds} s", NotACollector);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            // It broke off, or what it said is no HTTP/2.
            return Finding.Doubtful(Subject, $"{collector} speaks no gRPC: {await DescribeAsync()}", NotACollector);
        }
    }

    /// <summary>Null = it was taken.</summary>
    private async Task<Finding?> ExportAsync(HttpClient http, string signal)
    {
        var service = $"opentelemetry.proto.collector.{signal}.v1.{char.ToUpperInvariant(signal[0])}{signal[1..]}Service";
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(collector, $"/{service}/Export"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,

            // An empty message of the request's type, uncompressed.
            Content = new ByteArrayContent(new byte[5]) { Headers = { ContentType = new MediaTypeHeaderValue(Media) } },
        };
        request.Headers.TE.ParseAdd("trailers");
        AddHeaders(request.Headers);
        using var answer = await http.SendAsync(request);
        var said = answer.TrailingHeaders.TryGetValues(Status, out var status) || answer.Headers.TryGetValues(Status, out status)
            ? status.First()
            : null;
        if (answer.Content.Headers.ContentType?.MediaType?.StartsWith(Media, StringComparison.Ordinal) != true || said is null)
        {
            return Finding.Doubtful(
                Subject,
                $"{collector} speaks no gRPC: it answers HTTP {(int)answer.StatusCode}, {answer.Content.Headers.ContentType?.MediaType ?? "no content"}",
                NotACollector);
        }

        var what = signal == "trace" ? "traces" : signal;
        return said switch
        {
            // The last: it knows the call, and would rather have had something in it.
            "0" or "3" => null,
            "12" => Finding.Doubtful(Subject, $"{collector} speaks gRPC but takes no {what} by OTLP", NotACollector),
            "7" or "16" => Finding.Doubtful(
                Subject,
                $"{collector} refuses {what}: {MessageOf(answer) ?? "who sends them is not known or may not"}",
                $"{Lost}; what it wants to be told goes into OTEL_EXPORTER_OTLP_HEADERS"),
            _ => Finding.Doubtful(Subject, $"{collector} does not take {what}: gRPC status {said}{(MessageOf(answer) is { } why ? $", {why}" : "")}", Lost),
        };
    }

    // As `name=value,name=value`, both percent-encoded.
    private static void AddHeaders(HttpRequestHeaders headers)
    {
        foreach (var pair in Headers?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [])
        {
            if (pair.Split('=', 2) is [var name, var value])
            {
                headers.TryAddWithoutValidation(Uri.UnescapeDataString(name.Trim()), Uri.UnescapeDataString(value.Trim()));
            }
        }
    }

    private static string? MessageOf(HttpResponseMessage answer) =>
        answer.TrailingHeaders.TryGetValues("grpc-message", out var message) || answer.Headers.TryGetValues("grpc-message", out message)
            ? OneLine.Of(Uri.UnescapeDataString(message.First()))
            : null;

    /// <summary>Who it is in place of a collector: asked as a browser would.</summary>
    private async Task<string> DescribeAsync()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(collector, HttpCompletionOption.ResponseHeadersRead);
            return string.Create(CultureInfo.InvariantCulture, $"a web server (HTTP/{answer.Version}) answers there");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            return "something else listens there";
        }
    }
}
