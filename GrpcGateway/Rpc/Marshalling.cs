using Google.Protobuf;
using Grpc.Core;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;
using RpcException = Snakepit.Protocol.Rpc.RpcException;

namespace Snakepit.GrpcGateway.Rpc;

/// <summary>How Grpc.AspNetCore turns bytes into messages.</summary>
internal static class Marshalling
{
    /// <summary>Each response is framed by the stream it is written to, in the connection's buffer.</summary>
    public static Marshaller<IMessage> NoResponses { get; } = new(
        static (_, _) => throw new NotSupportedException("responses are not written by way of Grpc.AspNetCore"),
        static _ => throw new NotSupportedException("a server reads no responses"));

    /// <summary>Parses a request where it lies in the connection's buffer.</summary>
    public static Marshaller<T> Requests<T>(MessageParser<T> parser)
        where T : class, IMessage<T> =>
        new(
            static (_, _) => throw new NotSupportedException("a server writes no requests"),
            context =>
            {
                try
                {
                    return MessageDecoder.Parse(context.PayloadAsReadOnlySequence(), parser, RpcCode.InvalidArgument);
                }
                catch (RpcException malformed)
                {
                    throw RequestFailure.ForGrpc(malformed);
                }
            });
}
