using System.Net;
using Google.Protobuf;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>
/// Calls a gRPC server in HTTP/2, in cleartext or by TLS. Connects with the first call, again when a connection breaks,
/// and shares connections between calls: make one for each server and keep it.
/// </summary>
public sealed class RpcChannel : IDisposable
{
    /// <param name="target">`HOST:PORT`, an IPv6 address in brackets.</param>
    /// <param name="options">Null = the defaults.</param>
    public RpcChannel(string target, RpcChannelOptions? options = null)
    {
        if (!Uri.TryCreate($"http://{target}", UriKind.Absolute, out var address)
            || address.PathAndQuery != "/"
            || !target.EndsWith($":{address.Port}", StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{target}' is not HOST:PORT", nameof(target));
        }

        Target = target;
        Options = options ?? new RpcChannelOptions();
        Address = Options.Tls is null ? address : new Uri($"https://{target}");
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = Options.ConnectTimeout,
            KeepAlivePingDelay = Options.KeepAlivePingDelay,
            KeepAlivePingTimeout = Options.KeepAlivePingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
        };
        if (Options.Tls is { } tls)
        {
            handler.ConnectCallback = (context, cancellation) => tls.ConnectAsync(context.DnsEndPoint, cancellation);
        }

        Invoker = new HttpMessageInvoker(handler);
    }

    /// <summary>As given.</summary>
    public string Target { get; }

    internal static string UserAgent { get; } = $"snakepit-csharp/{typeof(RpcChannel).Assembly.GetName().Version?.ToString(3)}";

    internal Uri Address { get; }

    /// <summary>The server has answered a call: it speaks as this channel does.</summary>
    internal bool HasAnswered { get; set; }

    internal RpcChannelOptions Options { get; }

    internal HttpMessageInvoker Invoker { get; }

    /// <summary>
    /// One request, one response. Throws <see cref="RpcException"/> for every status but OK, and
    /// <see cref="OperationCanceledException"/> when <paramref name="cancellation"/> fires.
    /// </summary>
    /// <param name="path">The method, `/service/name`.</param>
    /// <param name="request">Of the method's type.</param>
    /// <param name="parser">Of the method's response.</param>
    /// <param name="options">Timeout, metadata, compression.</param>
    /// <param name="cancellation">Cancels the call on the server too.</param>
    public async Task<TResponse> CallAsync<TResponse>(
        string path,
        IMessage request,
        MessageParser<TResponse> parser,
        RpcCallOptions? options = null,
        CancellationToken cancellation = default)
        where TResponse : class, IMessage<TResponse> =>
        (await CallWithMetadataAsync(path, request, parser, options, cancellation)).Message;

    /// <summary>As <see cref="CallAsync"/>, with the response's metadata.</summary>
    public async Task<RpcReply<TResponse>> CallWithMetadataAsync<TResponse>(
        string path,
        IMessage request,
        MessageParser<TResponse> parser,
        RpcCallOptions? options = null,
        CancellationToken cancellation = default)
        where TResponse : class, IMessage<TResponse>
    {
        using var call = Start(path, request, parser, options, cancellation);
        var message = await call.ReadAsync(CancellationToken.None)
            ?? throw new RpcException(RpcCode.Internal, $"{path} answered OK without a message");
        return await call.ReadAsync(CancellationToken.None) is null
            ? new RpcReply<TResponse>(message, await call.HeadersAsync(), call.Trailers)
            : throw new RpcException(RpcCode.Internal, $"{path} answered with more than one message");
    }

    /// <summary>One request, any number of responses. Returns at once; errors show when reading.</summary>
    /// <inheritdoc cref="CallAsync" path="/param"/>
    public RpcServerStream<TResponse> Stream<TResponse>(
        string path,
        IMessage request,
        MessageParser<TResponse> parser,
        RpcCallOptions? options = null,
        CancellationToken cancellation = default)
        where TResponse : class, IMessage<TResponse> =>
        new(Start(path, request, parser, options, cancellation));

    /// <summary>Any number of requests and responses. Returns at once; errors show when reading.</summary>
    /// <param name="path">The method, `/service/name`.</param>
    /// <param name="parser">Of the method's responses.</param>
    /// <param name="options">Timeout, metadata, compression.</param>
    /// <param name="cancellation">Cancels the call on the server too.</param>
    public RpcDuplexStream<TRequest, TResponse> Duplex<TRequest, TResponse>(
        string path,
        MessageParser<TResponse> parser,
        RpcCallOptions? options = null,
        CancellationToken cancellation = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var requests = new DuplexContent(options?.Gzip ?? false);
        return new(new ClientCall<TResponse>(this, path, requests, parser, options, cancellation), requests);
    }

    /// <summary>Closes its connections; calls still going on fail.</summary>
    public void Dispose() => Invoker.Dispose();

    private ClientCall<TResponse> Start<TResponse>(
        string path,
        IMessage request,
        MessageParser<TResponse> parser,
        RpcCallOptions? options,
        CancellationToken cancellation)
        where TResponse : class, IMessage<TResponse> =>
        new(this, path, new MessageContent(request, options?.Gzip ?? false), parser, options, cancellation);
}
