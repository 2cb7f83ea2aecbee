using System.Collections.Frozen;
using Google.Protobuf;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.GrpcGateway.Rpc;

/// <summary>
/// Brings the entries of a method table to Grpc.AspNetCore, which finds them, reads their requests and sends
/// their status. Responses are written past it: its own writer flushes each message.
/// </summary>
/// <remarks>
/// A unary method is added as a streaming one, which is the same on the wire: so a refusal is a status that is
/// set, as the handler returned it, where Grpc.AspNetCore's unary methods can refuse only by an exception.
/// </remarks>
internal sealed class MethodTableProvider(FrozenDictionary<string, BoundMethod> methods)
    : IServiceMethodProvider<MethodTableProvider>
{
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<MethodTableProvider> context)
    {
        var binding = new Binding(context, methods);
        foreach (var bound in methods.Values)
        {
            bound.Method.Accept(binding);
        }
    }

    private sealed class Binding(
        ServiceMethodProviderContext<MethodTableProvider> context, FrozenDictionary<string, BoundMethod> methods) : IRpcMethodVisitor
    {
        public void Visit<TRequest, TResponse>(UnaryMethod<TRequest, TResponse> method)
            where TRequest : class, IMessage<TRequest>
            where TResponse : class, IMessage
        {
            var bound = (BoundUnaryMethod<TRequest, TResponse>)methods[method.Path];
            context.AddServerStreamingMethod(
                Describe(method, MethodType.Unary, method.Parser),
                [bound],
                (_, request, _, server) =>
                {
                    var call = CallGate.CallOf(server);
                    return CallStatus.HandOverAsync(bound.AnswerAsync(call, request), call, server);
                });
        }

        public void Visit<TRequest>(ServerStreamingMethod<TRequest> method)
            where TRequest : class, IMessage<TRequest>
        {
            var bound = (BoundServerStreamingMethod<TRequest>)methods[method.Path];
            context.AddServerStreamingMethod(
                Describe(method, MethodType.ServerStreaming, method.Parser),
                [bound],
                (_, request, _, server) =>
                {
                    var call = CallGate.CallOf(server);
                    return CallStatus.HandOverAsync(bound.AnswerAsync(call, request), call, server);
                });
        }

        public void Visit<TRequest>(DuplexMethod<TRequest> method)
            where TRequest : class, IMessage<TRequest>
        {
            var bound = (BoundDuplexMethod<TRequest>)methods[method.Path];
            context.AddDuplexStreamingMethod(
                Describe(method, MethodType.DuplexStreaming, method.Parser),
                [bound],
                (_, requests, _, server) =>
                {
                    var call = CallGate.CallOf(server);
                    var stream = new RequestReader<TRequest>(call, requests);
                    return CallStatus.HandOverAsync(bound.AnswerAsync(call, stream), call, server);
                });
        }

        private static Method<TRequest, IMessage> Describe<TRequest>(RpcMethod method, MethodType type, MessageParser<TRequest> parser)
            where TRequest : class, IMessage<TRequest> =>
            new(type, method.Service, method.Name, Marshalling.Requests(parser), Marshalling.NoResponses);
    }
}
