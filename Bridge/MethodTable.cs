using Google.Protobuf.Reflection;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Bridge;

/// <summary>
/// Every RPC that is served. Filled while the process starts, by one thread, and only read afterwards.
/// What a transport would find out at the first call, or never, is an exception here.
/// </summary>
public sealed class MethodTable
{
    private readonly Dictionary<string, RpcMethod> _methods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ServiceDescriptor> _services = new(StringComparer.Ordinal);

    /// <summary>All entries, for a transport to bind.</summary>
    public IReadOnlyCollection<RpcMethod> Methods => _methods.Values;

    /// <summary>The services the entries belong to, for reflection.</summary>
    public IReadOnlyCollection<ServiceDescriptor> Services => _services.Values;

    /// <summary>Whether a service of that full name is served.</summary>
    public bool Serves(string service) => _services.ContainsKey(service);

    /// <summary>Adds one whole service.</summary>
    /// <exception cref="ArgumentException">
    /// A path occurs twice, is not of this service, or the contract has one for which there is no entry.
    /// The message names the path.
    /// </exception>
    public void Add(ServiceDescriptor service, IEnumerable<RpcMethod> methods)
    {
        HashSet<string> missing = [.. service.Methods.Select(method => $"/{service.FullName}/{method.Name}")];
        foreach (RpcMethod method in methods)
        {
            if (!_methods.TryAdd(method.Path, method))
            {
                throw new ArgumentException($"{method.Path} is in the method table twice.", nameof(methods));
            }

            if (!missing.Remove(method.Path))
            {
                throw new ArgumentException($"{method.Path} is no method of {service.FullName}.", nameof(methods));
            }
        }

        if (missing.Count > 0)
        {
            throw new ArgumentException($"Nothing serves {string.Join(", ", missing)}.", nameof(methods));
        }

        _services.Add(service.FullName, service);
    }
}
