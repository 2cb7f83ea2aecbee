using System.Collections.Frozen;
using Google.Protobuf;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>Makes the lookup from path to method out of a method table.</summary>
internal sealed class MethodBinding : IRpcMethodVisitor
{
    private readonly Dictionary<string, BoundMethod> _methods = new(StringComparer.Ordinal);
    private readonly ICallObserver? _observer;

    private MethodBinding(ICallObserver? observer) => _observer = observer;

    /// <summary>Throws <see cref="ArgumentException"/> where two entries have one path.</summary>
    public static FrozenDictionary<string, BoundMethod> Bind(IEnumerable<RpcMethod> table, ICallObserver? observer)
    {
        var binding = new MethodBinding(observer);
        foreach (var method in table)
        {
            method.Accept(binding);
        }

        return binding._methods.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public void Visit<TRequest, TResponse>(UnaryMethod<TRequest, TResponse> method)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage =>
        Add(new BoundUnaryMethod<TRequest, TResponse>(method) { Observer = _observer?.Of(method) });

    public void Visit<TRequest>(ServerStreamingMethod<TRequest> method)
        where TRequest : class, IMessage<TRequest> =>
        Add(new BoundServerStreamingMethod<TRequest>(method) { Observer = _observer?.Of(method) });

    public void Visit<TRequest>(DuplexMethod<TRequest> method)
        where TRequest : class, IMessage<TRequest> =>
        Add(new BoundDuplexMethod<TRequest>(method) { Observer = _observer?.Of(method) });

    private void Add(BoundMethod bound)
    {
        if (!_methods.TryAdd(bound.Method.Path, bound))
        {
            throw new ArgumentException($"the method table has two entries for {bound.Method.Path}");
        }
    }
}
