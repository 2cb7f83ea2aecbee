using Google.Protobuf;
using Snakepit.Bridge;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Tests.Unit.Support;

/// <summary>Calls the entries of a method table without a transport.</summary>
public static class MethodTableCalls
{
    public static async Task<RpcResult<TResponse>> CallAsync<TRequest, TResponse>(
        this MethodTable table, string path, TRequest request, FakeCall? call = null)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage =>
        await table.Entry<UnaryMethod<TRequest, TResponse>>(path).Handler(request, call ?? new FakeCall());

    /// <summary>The table's entry of that path, which is of kind <typeparamref name="TMethod"/>.</summary>
    public static TMethod Entry<TMethod>(this MethodTable table, string path)
        where TMethod : RpcMethod =>
        Assert.IsType<TMethod>(Assert.Single(table.Methods, method => method.Path == path));
}
