using Google.Protobuf.Reflection;
using Snakepit.Bridge.Access;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Bridge;

/// <summary>
/// Every RPC that is served. Filled while the process starts, by one thread, and only read afterwards.
/// What a transport would find out at the first call, or never, is an exception here.
/// </summary>
/// <param name="guard">Stands before each handler; null = nobody is kept out.</param>
public sealed class MethodTable(CallGuard? guard = null)
{
    private readonly Dictionary<string, RpcMethod> _methods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ServiceContract> _services = new(StringComparer.Ordinal);

    /// <summary>All entries, for a transport to bind.</summary>
    public IReadOnlyCollection<RpcMethod> Methods => _methods.Values;

    /// <summary>
    /// The services the entries belong to, for reflection. Here it shows whether they are whole; a test asks,
    /// so that no start must.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// A contract has a method for which there is no entry, or the other way round. The message names the path.
    /// </exception>
    public IReadOnlyCollection<ServiceDescriptor> Services => [.. _services.Values.Select(Verified)];

    /// <summary>Whether a service of that full name is served.</summary>
    public bool Serves(string service) => _services.ContainsKey(service);

    /// <summary>Adds one whole service.</summary>
    /// <exception cref="ArgumentException">
    /// A path occurs twice, is not of this service, or says nothing of who may call it. The message names the path.
    /// </exception>
    public void Add(ServiceContract service, IEnumerable<RpcMethod> methods)
    {
        foreach (RpcMethod method in methods)
        {
            if (method.Service != service.Name)
            {
                throw new ArgumentException($"{method.Path} is no method of {service.Name}.", nameof(methods));
            }

            if (method.Access is null)
            {
                throw new ArgumentException($"{method.Path} does not say what it asks of its caller.", nameof(methods));
            }

            if (!_methods.TryAdd(method.Path, guard is null ? method : guard.Guard(method)))
            {
                throw new ArgumentException($"{method.Path} is in the method table twice.", nameof(methods));
            }
        }

        _services.Add(service.Name, service);
    }

    private ServiceDescriptor Verified(ServiceContract service)
    {
        HashSet<string> missing = [.. service.Descriptor.Methods.Select(method => $"/{service.Descriptor.FullName}/{method.Name}")];
        foreach (RpcMethod method in _methods.Values.Where(method => method.Service == service.Name))
        {
            if (!missing.Remove(method.Path))
            {
                throw new ArgumentException($"{method.Path} is no method of {service.Descriptor.FullName}.");
            }
        }

        return missing.Count == 0
            ? service.Descriptor
            : throw new ArgumentException($"Nothing serves {string.Join(", ", missing)}.");
    }
}
