using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Transport;

namespace Snakepit.Bench;

/// <summary>What is asked of a server, whatever its protocol: values of 100 bytes under names.</summary>
internal enum Operation
{
    Ping,
    Get,
    Set,

    /// <summary>A hundred variables in one call.</summary>
    SetHundred,
}

/// <summary>One unary call, to be sent over and over.</summary>
/// <param name="Path">The method's path.</param>
/// <param name="Request">What is sent.</param>
/// <param name="Items">How many variables one call stands for.</param>
internal sealed record UnaryCall(string Path, IMessage Request, int Items = 1)
{
    /// <summary>The W3C header of a call that belongs to a trace; sent by <see cref="RawLoad"/> only.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>One stream that is told of each change of one variable.</summary>
/// <param name="Path">The method's path.</param>
/// <param name="Request">What is sent first.</param>
/// <param name="EndsRequest">Whether nothing more is sent.</param>
/// <param name="Snapshot">Messages that come before the first change.</param>
/// <param name="ChangesIn">The changes in one message; null = a message is a change.</param>
internal sealed record WatchCall(
    string Path, IMessage Request, bool EndsRequest, int Snapshot, Func<ReadOnlySpan<byte>, int>? ChangesIn = null);

/// <summary>How servers of one protocol are asked.</summary>
internal abstract class Dialect
{
    /// <summary>Lets that many variables be there.</summary>
    public virtual Task PrepareAsync(int port, int variables) => Task.CompletedTask;

    /// <summary>Null where the protocol has no such thing.</summary>
    public abstract UnaryCall? Call(Operation operation, int variables);

    /// <summary>A watch of what <see cref="WatchedSet"/> sets, where there is one variable; null where there is no such thing.</summary>
    public virtual WatchCall? Watch() => null;

    /// <summary>Lets every watch hear one change.</summary>
    public virtual UnaryCall WatchedSet() => Call(Operation.Set, 1)!;

    /// <summary>Sends some calls, many at once, and waits for the answers.</summary>
    public static async Task SendAsync(int port, IEnumerable<UnaryCall> calls)
    {
        using var channel = new RpcChannel($"127.0.0.1:{port}");
        foreach (var some in calls.Chunk(100))
        {
            await Task.WhenAll(some.Select(call => channel.CallAsync(call.Path, call.Request, Empty.Parser)));
        }
    }
}
