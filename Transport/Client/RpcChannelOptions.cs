namespace Snakepit.Transport;

/// <summary>How an <see cref="RpcChannel"/> connects.</summary>
public sealed record RpcChannelOptions
{
    /// <summary>Bytes a response message may have, after decompression too.</summary>
    public int MaxReceiveMessageSize { get; init; } = 64 * 1024 * 1024;

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection with calls on it may be silent before it is asked whether it still lives.</summary>
    public TimeSpan KeepAlivePingDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the server has to answer; then its calls end as UNAVAILABLE.</summary>
    public TimeSpan KeepAlivePingTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The clock of the calls' timeouts.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Null = cleartext.</summary>
    public ClientTls? Tls { get; init; }

    /// <summary>
    /// The token that says who calls, asked for with each call and sent as `authorization: Bearer`; null = none. Whoever gives
    /// it sees to it that the connection is encrypted, or goes no further than this machine.
    /// </summary>
    public Func<string?>? Token { get; init; }
}
