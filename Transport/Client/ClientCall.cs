using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>
/// One call of a channel: sends the request as soon as it is made, reads the responses one at a time, and
/// turns whatever goes wrong into a status. Disposing it cancels what is still going on.
/// </summary>
internal sealed class ClientCall<TResponse> : IDisposable
    where TResponse : class, IMessage<TResponse>
{
    private static readonly StreamPipeReaderOptions IdleWithoutBuffer = new(useZeroByteReads: true);

    private readonly RpcChannel _channel;
    private readonly MessageParser<TResponse> _parser;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _cancellation;
    private readonly ITimer? _deadline;
    private readonly Task<HttpResponseMessage> _response;
    private readonly Activity? _span;
    private PipeReader? _body;
    private RpcStatus? _status;
    private volatile bool _expired;

    public ClientCall(
        RpcChannel channel,
        string path,
        HttpContent content,
        MessageParser<TResponse> parser,
        RpcCallOptions? options,
        CancellationToken cancellation)
    {
        _channel = channel;
        _parser = parser;
        _caller = cancellation;
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (options?.Timeout is { } timeout && timeout <= GrpcTimeout.LongestEnforced)
        {
            _deadline = channel.Options.TimeProvider.CreateTimer(
                static call => ((ClientCall<TResponse>)call!).Expire(),
                this,
                timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero,
                Timeout.InfiniteTimeSpan);
        }

        var requests = content as DuplexContent;
        requests?.Cancellation = _cancellation.Token;
        _span = CallTracing.BeginMade(path, channel.Target);
        var request = Request(channel.Address, path, content, options);
        if (channel.Options.Token?.Invoke() is { } token)
        {
            request.Headers.TryAddWithoutValidation(GrpcNames.Authorization, $"Bearer {token}");
        }

        CallTracing.Propagate(_span, request.Headers);
        _response = SendAsync(request, requests);
    }

    /// <summary>Complete once the call has ended.</summary>
    public IReadOnlyDictionary<string, string> Trailers { get; private set; } = new Dictionary<string, string>();

    /// <summary>Throws as <see cref="ReadAsync"/> does where the call ended before headers came.</summary>
    public async Task<IReadOnlyDictionary<string, string>> HeadersAsync() => MetadataOf((await _response).Headers);

    /// <summary>
    /// The next message; null = the call ended with OK. Any other end throws <see cref="RpcException"/>, the
    /// caller's own cancellation <see cref="OperationCanceledException"/>. A read that is cancelled cancels
    /// the call.
    /// </summary>
    public async ValueTask<TResponse?> ReadAsync(CancellationToken cancellation)
    {
        if (_status is { } ended)
        {
            return ended.IsOk ? null : throw new RpcException(ended, Trailers);
        }

        using var reading = cancellation.UnsafeRegister(static call => ((ClientCall<TResponse>)call!).Cancel(), this);
        var response = await _response.WaitAsync(cancellation);
        try
        {
            if (response.Headers.Contains(GrpcNames.Status))
            {
                return End(response.Headers);
            }

            _body ??= PipeReader.Create(await response.Content.ReadAsStreamAsync(_cancellation.Token), IdleWithoutBuffer);
            return await ReadMessageAsync(response, _body);
        }
        catch (Exception failed) when (failed is not RpcException)
        {
            throw Failure(failed, cancellation);
        }
        catch (RpcException)
        {
            Cancel();
            throw;
        }
    }

    /// <summary>The exception a caller gets for one that came from below.</summary>
    public Exception Failure(Exception exception, CancellationToken cancellation = default)
    {
        if (exception is RpcException)
        {
            return exception;
        }

        if (_expired)
        {
            return new RpcException(RpcCode.DeadlineExceeded, "the call's deadline has passed");
        }

        var cancelled = cancellation.IsCancellationRequested ? cancellation : _caller;
        return cancelled.IsCancellationRequested
            ? new OperationCanceledException("the call was cancelled", exception, cancelled)
            : new RpcException(CallFailure.OfException(exception, _channel.Target, Guess))
            {
                NeverSent = CallFailure.IsBeforeSending(exception),
            };
    }

    public void Dispose()
    {
        Cancel();
        _cancellation.Dispose();
        _deadline?.Dispose();
        CallTracing.End(_span, _status?.Code ?? RpcCode.Cancelled);
        _ = ReleaseAsync();
    }

    /// <summary>Why a server that never answered may have ended the connection.</summary>
    private string Guess => (_channel.HasAnswered, _channel.Options.Tls) switch
    {
        (true, _) => "",
        (_, null) => "; perhaps it serves TLS",
        (_, { HasCertificate: true }) => "; perhaps it refuses the client certificate",
        _ => "; perhaps it asks for a client certificate",
    };

    private static HttpRequestMessage Request(Uri address, string path, HttpContent content, RpcCallOptions? options)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.TryAddWithoutValidation("user-agent", RpcChannel.UserAgent);
        request.Headers.TryAddWithoutValidation(GrpcNames.AcceptEncoding, GrpcNames.AcceptedEncodings);
        if (options is null)
        {
            return request;
        }

        if (options.Gzip)
        {
            request.Headers.TryAddWithoutValidation(GrpcNames.Encoding, GrpcNames.Gzip);
        }

        if (options.Timeout is { } timeout)
        {
            request.Headers.TryAddWithoutValidation(GrpcNames.Timeout, GrpcTimeout.Format(timeout));
        }

        foreach (var (name, value) in options.Headers ?? new Dictionary<string, string>())
        {
            Metadata.Validate(name, value);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static Dictionary<string, string> MetadataOf(HttpHeaders headers)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, values) in headers.NonValidated)
        {
            if (name is not (GrpcNames.Status or GrpcNames.Message))
            {
                metadata[name.ToLowerInvariant()] = string.Join(',', values);
            }
        }

        return metadata;
    }

    private static string? Value(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? string.Join(',', values) : null;

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, DuplexContent? requests)
    {
        try
        {
            var response = await _channel.Invoker.SendAsync(request, _cancellation.Token);
            _channel.HasAnswered = true;
            var isGrpc = GrpcNames.IsGrpc(response.Content.Headers.ContentType?.ToString());
            if (response.StatusCode == HttpStatusCode.OK && isGrpc)
            {
                return response;
            }

            response.Dispose();
            throw new RpcException(response.StatusCode == HttpStatusCode.OK
                ? new RpcStatus(RpcCode.Unknown, $"the server answered {response.Content.Headers.ContentType}, not gRPC")
                : CallFailure.OfHttpStatus(response.StatusCode));
        }
        catch (Exception failed)
        {
            var failure = Failure(failed);
            requests?.Fail(failure);
            throw failure;
        }
    }

    private async ValueTask<TResponse?> ReadMessageAsync(HttpResponseMessage response, PipeReader body)
    {
        var decoder = new MessageDecoder(
            _channel.Options.MaxReceiveMessageSize,
            Value(response.Headers, GrpcNames.Encoding),
            RpcCode.Internal);
        while (true)
        {
            var read = await body.ReadAsync(_cancellation.Token);
            var rest = read.Buffer;
            if (decoder.TryDecode(ref rest, _parser, out var message))
            {
                body.AdvanceTo(rest.Start);
                return message;
            }

            body.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted)
            {
                return rest.IsEmpty
                    ? End(response.TrailingHeaders)
                    : throw new RpcException(RpcCode.Internal, "the last response is cut short");
            }
        }
    }

    /// <summary>A response can win against the cancellation: to dispose it is what tells the server.</summary>
    private async Task ReleaseAsync()
    {
        try
        {
            (await _response).Dispose();
        }
        catch (Exception failed) when (failed is RpcException or OperationCanceledException)
        {
            // It ended without a response; whoever reads is told.
        }
    }

    private TResponse? End(HttpHeaders headers)
    {
        Trailers = MetadataOf(headers);
        var text = Value(headers, GrpcNames.Status);
        var message = StatusMessage.Decode(Value(headers, GrpcNames.Message) ?? "");
        _status = text is null
            ? new RpcStatus(RpcCode.Unknown, $"the response ended without {GrpcNames.Status}")
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && Enum.IsDefined((RpcCode)code)
                ? new RpcStatus((RpcCode)code, message)
                : new RpcStatus(RpcCode.Unknown, $"{GrpcNames.Status} {text}: {message}");
        _deadline?.Dispose();
        return _status.IsOk ? null : throw new RpcException(_status, Trailers);
    }

    private void Expire()
    {
        _expired = true;
        Cancel();
    }

    private void Cancel()
    {
        try
        {
            _cancellation.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The deadline's timer fired while the call was being disposed: it has been cancelled.
        }
    }
}
