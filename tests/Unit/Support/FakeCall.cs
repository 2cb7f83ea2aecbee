using Snakepit.Protocol.Access;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Tests.Unit.Support;

/// <summary>A call without a transport.</summary>
public sealed class FakeCall : RpcCall
{
    public Dictionary<string, string> RequestHeaders { get; } = [];

    public Dictionary<string, string> ResponseHeaders { get; } = [];

    public Dictionary<string, string> ResponseTrailers { get; } = [];

    public CancellationTokenSource Caller { get; } = new();

    /// <summary>Who makes it.</summary>
    public Principal As { get; init; } = Principal.Unrestricted;

    public override Principal Principal => As;

    public override string Peer => "ipv4:127.0.0.1:1";

    public override TimeSpan? Timeout => null;

    public override CancellationToken Cancellation => Caller.Token;

    public override string? Header(string name) => RequestHeaders.GetValueOrDefault(name);

    public override void SetHeader(string name, string value) => ResponseHeaders.Add(name, value);

    public override void SetTrailer(string name, string value) => ResponseTrailers.Add(name, value);
}
