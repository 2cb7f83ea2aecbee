using Google.Protobuf;
using Snakepit.Protocol.Access;

namespace Snakepit.Protocol.Rpc;

/// <summary>
/// One entry of the method table: an RPC's name, kind, request parser and handler. Each transport walks
/// the table with an <see cref="IRpcMethodVisitor"/> and binds what it finds.
/// </summary>
/// <param name="service">The service's full name, as `snakepit.bridge.BridgeService`.</param>
/// <param name="name">The method's name.</param>
public abstract class RpcMethod(string service, string name)
{
    public string Service { get; } = service;

    public string Name { get; } = name;

    /// <summary>As metrics and traces call it, `service/name`.</summary>
    public string FullName { get; } = $"{service}/{name}";

    /// <summary>The request path, `/service/name`.</summary>
    public string Path { get; } = $"/{service}/{name}";

    /// <summary>What it asks of its caller. The method table takes no entry without.</summary>
    public MethodAccess? Access { get; init; }

    /// <summary>Whether its calls may last: what holds for their caller at first need not hold to their end.</summary>
    public abstract bool IsStreaming { get; }

    public abstract void Accept(IRpcMethodVisitor visitor);
}

/// <summary>Binds the entries of a method table, each by its kind.</summary>
public interface IRpcMethodVisitor
{
    void Visit<TRequest, TResponse>(UnaryMethod<TRequest, TResponse> method)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage;

    void Visit<TRequest>(ServerStreamingMethod<TRequest> method)
        where TRequest : class, IMessage<TRequest>;

    void Visit<TRequest>(DuplexMethod<TRequest> method)
        where TRequest : class, IMessage<TRequest>;
}

/// <summary>One request, one response.</summary>
public sealed class UnaryMethod<TRequest, TResponse>(
    string service,
    string name,
    MessageParser<TRequest> parser,
    Func<TRequest, RpcCall, ValueTask<RpcResult<TResponse>>> handler)
    : RpcMethod(service, name)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage
{
    public MessageParser<TRequest> Parser { get; } = parser;

    public Func<TRequest, RpcCall, ValueTask<RpcResult<TResponse>>> Handler { get; } = handler;

    public override bool IsStreaming => false;

    public override void Accept(IRpcMethodVisitor visitor) => visitor.Visit(this);
}

/// <summary>One request, any number of responses; the handler's result is the call's status.</summary>
public sealed class ServerStreamingMethod<TRequest>(
    string service,
    string name,
    MessageParser<TRequest> parser,
    Func<TRequest, IResponseStream, RpcCall, Task<RpcStatus>> handler)
    : RpcMethod(service, name)
    where TRequest : class, IMessage<TRequest>
{
    public MessageParser<TRequest> Parser { get; } = parser;

    public Func<TRequest, IResponseStream, RpcCall, Task<RpcStatus>> Handler { get; } = handler;

    public override bool IsStreaming => true;

    public override void Accept(IRpcMethodVisitor visitor) => visitor.Visit(this);
}

/// <summary>Any number of requests and of responses, both ways at once.</summary>
public sealed class DuplexMethod<TRequest>(
    string service,
    string name,
    MessageParser<TRequest> parser,
    Func<IRequestStream<TRequest>, IResponseStream, RpcCall, Task<RpcStatus>> handler)
    : RpcMethod(service, name)
    where TRequest : class, IMessage<TRequest>
{
    public MessageParser<TRequest> Parser { get; } = parser;

    public Func<IRequestStream<TRequest>, IResponseStream, RpcCall, Task<RpcStatus>> Handler { get; } = handler;

    public override bool IsStreaming => true;

    public override void Accept(IRpcMethodVisitor visitor) => visitor.Visit(this);
}
