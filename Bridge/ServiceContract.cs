using Google.Protobuf.Reflection;

namespace Snakepit.Bridge;

/// <summary>
/// A service's name, and its description for those who ask for one: building the descriptions of all messages
/// takes longer than all else that a start does, and no call needs them.
/// </summary>
/// <param name="name">The full name, as `snakepit.bridge.BridgeService`.</param>
/// <param name="describe">Builds the description. Must be of that name.</param>
public sealed class ServiceContract(string name, Func<ServiceDescriptor> describe)
{
    public string Name { get; } = name;

    public ServiceDescriptor Descriptor => field ??= describe();
}
