using Snakepit.Grains;
using Snakepit.Sessions;

namespace Snakepit.GrpcGateway.Cluster;

/// <summary>
/// The grains of sessions. To find one by its interface, the framework looks at the interface's attributes and takes its name
/// apart, each time (docs/performance.md); here that is done once. Safe from any thread.
/// </summary>
internal sealed class SessionGrains(IGrainFactory grains)
{
    private volatile Kind? _kind;

    private sealed record Kind(GrainType Grain, GrainInterfaceType Interface);

    public ISessionGrain Of(SessionKey key)
    {
        var name = SessionGrainKey.Of(key);
        if (_kind is { } kind)
        {
            return (ISessionGrain)grains.GetGrain(GrainId.Create(kind.Grain, name), kind.Interface);
        }

        var found = grains.GetGrain<ISessionGrain>(name);
        if (found is GrainReference reference)
        {
            _kind = new Kind(reference.GrainId.Type, reference.InterfaceType);
        }

        return found;
    }
}
