using System.Diagnostics.CodeAnalysis;
using Snakepit.Protocol.Tools;

namespace Snakepit.Bridge.Tools;

/// <summary>The hosts of tools that this process can reach.</summary>
public interface IToolHosts
{
    /// <summary>A host of a tenant by what sessions keep of it.</summary>
    bool TryFind(string tenant, string hostId, [MaybeNullWhen(false)] out IToolHost host);

    /// <summary>
    /// Looks whether there are hosts that this process has not heard of yet. To be called where one that should be there
    /// is not.
    /// </summary>
    ValueTask LookAgainAsync(CancellationToken cancellation);

    /// <summary>Those of a tenant that take calls of tools no session knows they have, in no order.</summary>
    IReadOnlyList<IToolHost> Unregistered(string tenant);

    /// <summary>Every host of a tenant, for those who look.</summary>
    IReadOnlyCollection<WorkerStatus> Describe(string tenant);
}
