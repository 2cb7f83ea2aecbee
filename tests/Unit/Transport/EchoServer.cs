using System.Collections.Concurrent;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Tests.Unit.Transport;

/// <summary>A server on a free loopback port with methods of a test's own, and a channel to it.</summary>
internal sealed partial class EchoServer : IAsyncDisposable
{
    /// <summary>How long a test waits for what must come.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    public const string Service = "test.Echo";
    public const string Unary = $"/{Service}/Unary";
    public const string Stream = $"/{Service}/Stream";
    public const string Duplex = $"/{Service}/Duplex";

    public RecordingLog Log { get; }

    public RpcChannel Channel { get; }

    public string Target => $"127.0.0.1:{Server.Ports[0]}";

    public static UnaryMethod<StringValue, StringValue> OnUnary(
        Func<StringValue, RpcCall, ValueTask<RpcResult<StringValue>>> handler) =>
        new(Service, nameof(Unary), StringValue.Parser, handler) { Access = MethodAccess.Open };

    public static ServerStreamingMethod<StringValue> OnStream(Func<StringValue, IResponseStream, RpcCall, Task<RpcStatus>> handler) =>
        new(Service, nameof(Stream), StringValue.Parser, handler) { Access = MethodAccess.Open };

    public static DuplexMethod<StringValue> OnDuplex(
        Func<IRequestStream<StringValue>, IResponseStream, RpcCall, Task<RpcStatus>> handler) =>
        new(Service, nameof(Duplex), StringValue.Parser, handler) { Access = MethodAccess.Open };

    public static UnaryMethod<StringValue, StringValue> Echo() =>
        OnUnary((request, _) => ValueTask.FromResult<RpcResult<StringValue>>(request));

    public static Task<EchoServer> StartAsync(params RpcMethod[] methods) => StartAsync(new Settings(), methods);

    public static Task<EchoServer> StartAsync(Settings settings, params RpcMethod[] methods) =>
        StartAsync(settings, _ => methods);

    public Task<StringValue> CallAsync(string text, RpcCallOptions? options = null, CancellationToken cancellation = default) =>
        Channel.CallAsync(Unary, new StringValue { Value = text }, StringValue.Parser, options, cancellation).WaitAsync(Soon, cancellation);

    public RpcServerStream<StringValue> OpenStream(string text = "", RpcCallOptions? options = null, CancellationToken cancellation = default) =>
        Channel.Stream(Stream, new StringValue { Value = text }, StringValue.Parser, options, cancellation);

    public RpcDuplexStream<StringValue, StringValue> OpenDuplex(RpcCallOptions? options = null, CancellationToken cancellation = default) =>
        Channel.Duplex<StringValue, StringValue>(Duplex, StringValue.Parser, options, cancellation);

    /// <summary>The status a call was refused with.</summary>
    public static async Task<RpcStatus> RefusalAsync(Func<Task> call) =>
        (await Assert.ThrowsAsync<RpcException>(() => call().WaitAsync(Soon))).Status;

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await Server.DisposeAsync();
    }

    internal sealed record Settings
    {
        public GrpcEndpoint Endpoint { get; init; } = new("127.0.0.1", 0);

        public int ServerLimit { get; init; } = 64 * 1024 * 1024;

        public ServerCapacity Capacity { get; init; } = ServerCapacity.Default;

        public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

        public ICallObserver? Observer { get; init; }

        public double TraceRatio { get; init; } = 1;

        public ServerTls? Tls { get; init; }

        public ICallAuthentication? Authentication { get; init; }

        public RpcChannelOptions? Channel { get; init; }
    }

    private static GrpcServerOptions Options(Settings settings, RecordingLog log) => new()
    {
        Endpoints = [settings.Endpoint],
        MaxReceiveMessageSize = settings.ServerLimit,
        Capacity = settings.Capacity,
        LoggerFactory = log,
        TimeProvider = settings.TimeProvider,
        Observer = settings.Observer,
        TraceRatio = settings.TraceRatio,
        Tls = settings.Tls,
        Authentication = settings.Authentication,
    };

    internal sealed class RecordingLog : ILoggerFactory, ILogger
    {
        public ConcurrentQueue<(LogLevel Level, string Message, Exception? Exception)> Entries { get; } = [];

        public IEnumerable<string> Errors => Entries.Where(entry => entry.Level >= LogLevel.Warning).Select(entry => $"{entry.Message} {entry.Exception}");

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Entries.Enqueue((logLevel, formatter(state, exception), exception));

        public void Dispose()
        {
        }
    }
}
