using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Snakepit.Transport;

/// <summary>How a <see cref="GrpcServer"/> listens and what it allows.</summary>
public sealed class GrpcServerOptions
{
    public IReadOnlyList<GrpcEndpoint> Endpoints { get; init; } = [new("localhost", 50051)];

    /// <summary>Bytes a request message may have, after decompression too.</summary>
    public int MaxReceiveMessageSize { get; init; } = 64 * 1024 * 1024;

    /// <summary>What it bears of all callers together.</summary>
    public ServerCapacity Capacity { get; init; } = ServerCapacity.Default;

    /// <summary>Calls at a time on one connection. Each open watch is one.</summary>
    public int MaxStreamsPerConnection { get; init; } = 100_000;

    /// <summary>How long a connection may be silent before it is asked whether it still lives.</summary>
    public TimeSpan KeepAlivePingDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it has to answer; then it is closed and its calls are cancelled.</summary>
    public TimeSpan KeepAlivePingTimeout { get; init; } = TimeSpan.FromSeconds(20);

    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock of deadlines, durations and the grace at the end.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Told of each call that ends; null = nobody, at no cost.</summary>
    public ICallObserver? Observer { get; init; }

    /// <summary>The share of the calls that begin a trace, 0 to 1, where somebody listens and the caller has not decided it.</summary>
    public double TraceRatio { get; init; } = 1;

    /// <summary>Asked who makes each call; null = nobody is asked, and everyone may do everything.</summary>
    public ICallAuthentication? Authentication { get; init; }

    /// <summary>TLS on the addresses; null = cleartext. Whoever gives it sees to its files.</summary>
    public ServerTls? Tls { get; init; }
}
